using Baton.Cli.Demo.Model;
using Xunit;

namespace Baton.Integration.Tests.Demo.Model;

public sealed class SequenceSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Holds_what_a_sorted_set_of_numbers_holds(int seed)
    {
        var random = new Random(seed);
        var set = new SequenceSet();
        var oracle = new SortedSet<long>();
        for (var i = 0; i < 2000; i++)
        {
            var number = random.Next(500);
            Assert.Equal(oracle.Add(number), set.Add(number));
        }

        Assert.Equal(oracle, set.Numbers());
        Assert.Equal(oracle.Count, set.Count);
        Assert.Equal(oracle.Max, set.Max);
        Assert.All(Enumerable.Range(-1, 502), number => Assert.Equal(oracle.Contains(number), set.Contains(number)));
    }
}

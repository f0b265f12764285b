using System.Text;
using Baton.Server.Proxy.Commands;
using Xunit;

namespace Baton.Server.Tests.Proxy.Commands;

public sealed class ShortNamesTests
{
    private static readonly ShortNames Names = new([.. CommandCatalog.All]);

    [Fact]
    public void Every_entry_it_finds_is_the_one_of_that_name()
    {
        foreach (var entry in CommandCatalog.All)
        {
            foreach (string spelled in new[] { entry.Info.Name.ToUpperInvariant(), entry.LowerName })
            {
                var found = Names.Find(Encoding.ASCII.GetBytes(spelled));
                Assert.True(found is null || found == entry, $"{spelled} gave {found?.LowerName}");
            }
        }
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("set")]
    [InlineData("zrange")]
    [InlineData("SMEMBERS")]
    public void The_common_ones_are_found(string name) => Assert.Equal(name, Names.Find(Encoding.ASCII.GetBytes(name))?.LowerName, ignoreCase: true);

    [Theory]
    [InlineData("")]
    [InlineData("GeT")]
    [InlineData("GE")]
    [InlineData("GETX")]
    [InlineData("CLIENT")]
    [InlineData("SMEMBERSX")]
    public void Other_spellings_and_commands_with_subcommands_take_the_long_way(string name) => Assert.Null(Names.Find(Encoding.ASCII.GetBytes(name)));
}

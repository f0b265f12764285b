using System.Text;
using Baton.Protocol.Subscriptions;
using Xunit;

namespace Baton.Client.Tests.PubSub;

public sealed class StreamMatchTests
{
    [Theory]
    [InlineData("", "ab", "ab")]
    [InlineData("abcd", "cdef", "ef")]
    [InlineData("abcd", "efg", "efg")]
    [InlineData("ab", "b", "")]
    [InlineData("aba", "ac", "c")]
    [InlineData("aba", "abc", "bc")]
    [InlineData("aab", "aba", "a")]
    [InlineData("01", "0x", "0x")]
    public void Copies_are_the_longest_suffix_of_the_old_that_begins_the_new(string old, string received, string expected) =>
        Assert.Equal(expected, News(old, received));

    [Fact]
    public void What_may_be_a_copy_waits_and_is_never_doubled()
    {
        Assert.Equal("", News("aaa", "a"));
        Assert.Equal("", News("aaa", "aaa"));
        Assert.Equal("a", News("aaa", "aaaa"));
        Assert.Equal("b", News("aaa", "ab"));
    }

    [Fact]
    public void Any_history_of_any_alphabet_agrees_with_the_definition()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var letters = random.Next(1, 5);
            var all = string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => (char)('a' + random.Next(letters))));
            var begin = random.Next(all.Length + 1);
            var end = random.Next(begin, all.Length + 1);
            var (old, received) = (all[..end], all[begin..]);
            var longest = Enumerable.Range(0, old.Length + 1).First(start => received.StartsWith(old[start..], StringComparison.Ordinal)
                || old[start..].StartsWith(received, StringComparison.Ordinal));
            var copies = Math.Min(received.Length, old.Length - longest);

            var news = News(old, received);

            Assert.True(received[copies..] == news, $"seed {seed}: old {old}, new {received}: {news}");
            Assert.True(news.Length <= all.Length - end, $"seed {seed}: doubled, old {old}, new {received}: {news}");
        }
    }

    [Theory]
    [InlineData("ab", "", "")]
    [InlineData("ab", "a", "a")]
    [InlineData("aba", "a", "")]
    [InlineData("abab", "aba", "a")]
    [InlineData("aab", "aa", "aa")]
    [InlineData("aaa", "aa", "")]
    public void When_no_more_come_the_copies_are_the_longest_end_of_the_old_that_begins_the_new(string old, string received, string expected)
    {
        var match = new StreamMatch<char>([.. old.Select(static letter => new[] { (byte)letter })]);
        var news = new List<char>();
        foreach (var letter in received)
        {
            match.Accept([(byte)letter], letter, news);
        }

        match.Complete(news);

        Assert.Equal(expected, string.Concat(news));
    }

    [Fact]
    public void A_stream_of_equal_messages_takes_time_linear_in_its_length()
    {
        // Each message is compared with a fixed number of others on average; comparing with all others again would take hours.
        const int Count = 200_000;
        byte[] same = [1];
        var match = new StreamMatch<int>([.. Enumerable.Repeat(same, Count), [2]]);
        var news = new List<int>();
        for (var index = 0; index < Count - 1; index++)
        {
            match.Accept(same, index, news);
        }

        match.Accept([3], Count, news);

        Assert.True(match.IsSettled);
        Assert.Equal(Count, news.Count);
    }

    private static string News(string old, string received)
    {
        var match = new StreamMatch<RedisMessage>([.. old.Select(static letter => new[] { (byte)letter })]);
        var news = new List<RedisMessage>();
        foreach (var letter in received)
        {
            byte[] bytes = [(byte)letter];
            match.Accept(bytes, new RedisMessage(SubscriptionKind.Channel, null, "c", bytes), news);
        }

        return Encoding.ASCII.GetString([.. news.Select(static message => message.Bytes[0])]);
    }
}

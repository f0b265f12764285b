using System.Text;
using Xunit;

namespace Baton.Client.Tests.Caching;

public sealed class ReplyCacheTests
{
    private static readonly byte[] Reply = [.. "$1\r\nv\r\n"u8];

    [Fact]
    public void Without_a_connection_that_tells_of_changes_nothing_is_kept() =>
        Assert.Null(new ReplyCache(10, 10_000).Expect(Get("a"), [Bytes("a")]));

    [Fact]
    public void A_key_that_changes_takes_all_its_replies_with_it()
    {
        var cache = Make();
        Put(cache, "a", "b");
        Put(cache, "b");
        Put(cache, "c");

        cache.Invalidate("b"u8);

        Assert.Null(cache.Find(Get("a", "b")));
        Assert.Null(cache.Find(Get("b")));
        Assert.NotNull(cache.Find(Get("c")));
        Assert.Equal(1, cache.Statistics.Invalidations);
    }

    [Fact]
    public void A_reply_that_was_asked_for_before_a_change_is_not_kept()
    {
        var cache = Make();
        var entry = cache.Expect(Get("a"), [Bytes("a")])!;

        cache.Invalidate("a"u8);
        cache.Keep(entry, Reply);

        Assert.Null(cache.Find(Get("a")));
        Assert.Equal(0, cache.Statistics.Entries);
    }

    [Fact]
    public void A_flush_takes_everything_and_what_is_on_its_way()
    {
        var cache = Make();
        Put(cache, "a");
        var entry = cache.Expect(Get("b"), [Bytes("b")])!;

        cache.InvalidateAll();
        cache.Keep(entry, Reply);

        Assert.Equal((0, 0L), (cache.Statistics.Entries, cache.Statistics.Bytes));
    }

    [Fact]
    public void The_least_recently_used_goes_at_the_limits()
    {
        var cache = Make(entries: 2);
        Put(cache, "a");
        Put(cache, "b");
        Assert.NotNull(cache.Find(Get("a")));
        Put(cache, "c");

        Assert.NotNull(cache.Find(Get("a")));
        Assert.Null(cache.Find(Get("b")));
        Assert.Equal((1L, 2), (cache.Statistics.Evictions, cache.Statistics.Entries));

        var small = Make(bytes: 1000);
        for (var number = 0; number < 20; number++)
        {
            Put(small, $"{number}");
        }

        Assert.InRange(small.Statistics.Bytes, 1, 1000);
        Assert.True(small.Statistics.Evictions > 10);
        var large = small.Expect(Get("large"), [Bytes("large")])!;
        small.Keep(large, new byte[600]);
        Assert.Null(small.Find(Get("large")));
    }

    [Fact]
    public void Errors_are_not_kept()
    {
        var cache = Make();
        var entry = cache.Expect(Get("a"), [Bytes("a")])!;

        cache.Keep(entry, "-WRONGTYPE no\r\n"u8);

        Assert.Null(cache.Find(Get("a")));
    }

    [Fact]
    public void Any_history_serves_no_value_whose_change_has_been_told()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        var cache = Make(entries: 5);
        var values = new int[8];
        var onTheirWay = new Queue<(int Key, CachedEntry? Entry, int Value, bool IsChange)>();
        var told = new int[8];
        for (var step = 0; step < 100_000; step++)
        {
            var key = random.Next(values.Length);
            switch (random.Next(8))
            {
                case 0:
                    onTheirWay.Enqueue((key, null, ++values[key], true));
                    break;
                case < 4 when cache.Find(Get($"{key}")) is { } kept:
                    Assert.True(BitConverter.ToInt32(kept, 1) >= told[key], $"seed {seed}, step {step}");
                    break;
                case < 4:
                    // The server runs it now; the reply comes behind what it has sent before.
                    onTheirWay.Enqueue((key, cache.Expect(Get($"{key}"), [Bytes($"{key}")]), values[key], false));
                    break;
                default:
                    if (onTheirWay.TryDequeue(out var next) && next.IsChange)
                    {
                        told[next.Key] = next.Value;
                        cache.Invalidate(Bytes($"{next.Key}"));
                    }
                    else if (next.Entry is not null)
                    {
                        cache.Keep(next.Entry, [(byte)':', .. BitConverter.GetBytes(next.Value)]);
                    }

                    break;
            }
        }

        Assert.True(cache.Statistics.Hits > 1000, $"seed {seed}: {cache.Statistics}");
    }

    [Theory]
    [InlineData("GET a", "a")]
    [InlineData("get a", "a")]
    [InlineData("MGET a b", "a b")]
    [InlineData("ZUNION 2 a b", "a b")]
    [InlineData("HGETALL a", "a")]
    [InlineData("TTL a", "")]
    [InlineData("SRANDMEMBER a", "")]
    [InlineData("HSCAN a 0", "")]
    [InlineData("KEYS *", "")]
    [InlineData("SORT_RO a BY x*", "")]
    [InlineData("GET", "")]
    public void Only_replies_that_depend_on_named_keys_are_kept(string command, string keys)
    {
        var writer = CommandWriter.Begin();
        foreach (var argument in command.Split(' '))
        {
            writer.AddText(argument);
        }

        Assert.Equal(keys, string.Join(' ', CacheableCommands.Keys(writer.Finish().Span).Select(Encoding.UTF8.GetString)));
        writer.Return();
    }

    private static ReplyCache Make(int entries = 100, long bytes = 1_000_000)
    {
        var cache = new ReplyCache(entries, bytes);
        cache.Follow(Connection.Any);
        return cache;
    }

    private static void Put(ReplyCache cache, params string[] keys) =>
        cache.Keep(cache.Expect(Get(keys), [.. keys.Select(Bytes)])!, Reply);

    private static byte[] Get(params string[] keys) => Bytes("MGET " + string.Join(' ', keys));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}

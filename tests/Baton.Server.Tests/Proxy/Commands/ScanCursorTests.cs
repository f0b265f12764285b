using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Commands;

public sealed class ScanCursorTests
{
    [Theory]
    [InlineData(0UL, 0, 0, 0)]
    [InlineData(1UL, 2, 1023, 3)]
    [InlineData(uint.MaxValue, 511, 1, 0)]
    [InlineData((1UL << 43) - 1, 511, 1023, 3)]
    public void A_cursor_is_read_as_it_was_written(ulong engine, int place, int instance, int restarts)
    {
        ScanCursor cursor = new(engine, place, instance, restarts);

        Assert.True(ScanCursor.TryParse(cursor.ToBytes(), out ScanCursor read));
        Assert.Equal(cursor, read);
        Assert.True(engine > uint.MaxValue || ulong.Parse(Encoding.ASCII.GetString(cursor.ToBytes()), CultureInfo.InvariantCulture) < 1UL << 53);
    }

    [Fact]
    public void A_cursor_that_leaves_no_room_is_an_error_and_instances_are_never_none()
    {
        Assert.Throws<RespFormatException>(() => new ScanCursor(1UL << 43, 0, 1, 0).ToBytes());
        Assert.All([0L, 1023L, 1022L, 5000L], static id => Assert.InRange(ScanCursor.InstanceOf(id), 1, 1023));
    }

    [Theory]
    [InlineData("x", false)]
    [InlineData("", false)]
    [InlineData(" 5", false)]
    [InlineData("99999999999999999999", false)]
    [InlineData("-1", true)]
    [InlineData("+5", true)]
    public void What_a_server_takes_for_a_number_is_one(string text, bool expected) => Assert.Equal(expected, ScanCursor.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 5)]
    public void A_scan_finds_every_key_though_every_shard_moves_in_the_middle_of_it(int shards, int moves)
    {
        ProxyWorld world = new(seed: 11, shards: shards);
        MemoryClient client = world.Connect();
        string[] keys = [.. Enumerable.Range(0, 60).Select(i => $"key{i}")];
        Array.ForEach(keys, key => client.Ask("SET", key, "v"));

        HashSet<string> found = [];
        string cursor = "0";
        int pages = 0;
        do
        {
            string[] lines = client.Ask("SCAN", cursor).Split("\r\n");
            cursor = lines[2];
            found.UnionWith(lines.Where(line => line.StartsWith("key", StringComparison.Ordinal)));
            if (++pages % 4 == 3 && pages / 4 < moves)
            {
                Enumerable.Range(1, shards).ToList().ForEach(shard => world.Switch(shard));
            }
        }
        while (cursor != "0" && pages < 1000);

        Assert.Equal(keys.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.Equal("0", cursor);
    }

    [Fact]
    public void A_scan_that_began_again_goes_on_in_larger_pages()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        Array.ForEach([.. Enumerable.Range(0, 20).Select(i => $"key{i}")], (string key) => client.Ask("SET", key, "v"));
        string cursor = client.Ask("SCAN", "0", "MATCH", "COUNT", "COUNT", "5").Split("\r\n")[2];

        FakeEngine next = world.Switch();
        client.Ask("SCAN", cursor, "MATCH", "COUNT", "COUNT", "5");
        Assert.Contains("SCAN 0 MATCH COUNT COUNT 40", next.Received);
        client.Ask("SCAN", cursor, "MATCH", "x*");
        Assert.Contains("SCAN 0 MATCH x* COUNT 80", next.Received);
        client.Ask("SCAN", cursor, "COUNT", "20000");
        Assert.Contains("SCAN 0 COUNT 20000", next.Received);
        client.Ask("SCAN", cursor, "BOGUS", "1");
        Assert.Contains("SCAN 0 BOGUS 1", next.Received);
    }

    [Fact]
    public void In_a_transaction_the_engine_gets_its_own_cursor_and_the_client_a_lasting_one()
    {
        ProxyWorld world = new();
        MemoryClient client = world.Connect();
        Array.ForEach([.. Enumerable.Range(0, 20).Select(i => $"key{i}")], (string key) => client.Ask("SET", key, "v"));
        string cursor = client.Ask("SCAN", "0").Split("\r\n")[2];
        client.Ask("MULTI");
        client.Ask("SCAN", cursor);
        string inMulti = client.Ask("EXEC").Split("\r\n")[3];
        Assert.Contains("SCAN 3", world.Engines[0].Received);

        Assert.StartsWith("*2", client.Ask("SCAN", inMulti));
        Assert.Contains("SCAN 6", world.Engines[0].Received);
    }
}

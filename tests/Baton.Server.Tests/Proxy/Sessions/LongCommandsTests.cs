using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;
using Baton.TestKit.FakeEngine;
using Baton.TestKit.Memory;
using Xunit;

namespace Baton.Server.Tests.Proxy.Sessions;

/// <summary>What a client asks for may be long; what is done of it in one turn is not.</summary>
public sealed class LongCommandsTests
{
    private const int Keys = 12 * TurnSlice.Work;

    [Fact]
    public void Others_are_answered_while_a_command_with_very_many_keys_is_split_and_its_answer_is_right()
    {
        ProxyWorld world = new(seed: 3, shards: 3);
        MemoryClient many = world.Connect();
        MemoryClient other = world.Connect();
        other.Ask("PING");
        string[] keys = [.. Enumerable.Range(0, Keys).Select(static i => $"k{i}")];

        string[] set = Interleaved(world, many, other, ["MSET", .. keys.SelectMany(static key => new[] { key, "v" + key })]);
        string[] get = Interleaved(world, many, other, ["MGET", .. keys, "none"]);
        string[] exist = Interleaved(world, many, other, ["EXISTS", .. keys]);
        string[] delete = Interleaved(world, many, other, ["DEL", .. keys]);

        Assert.Equal("+OK\r\n", set[^1]);
        Assert.Equal($"*{Keys + 1}\r\n" + string.Concat(keys.Select(static key => $"${key.Length + 1}\r\nv{key}\r\n")) + "$-1\r\n", get[^1]);
        Assert.Equal(($":{Keys}\r\n", $":{Keys}\r\n"), (exist[^1], delete[^1]));
        Assert.All([set, exist, delete], replies => Assert.True(replies.Length > 4, $"{replies.Length - 1} replies to others meanwhile"));
        Assert.True(get.Length > exist.Length, $"{get.Length - 1} replies, {exist.Length - 1} to EXISTS: what is merged is merged in slices too");
    }

    [Fact]
    public void A_client_that_goes_away_while_its_command_is_split_or_merged_leaves_nothing_behind()
    {
        for (int steps = 0; steps < 20; steps++)
        {
            ProxyWorld world = new(seed: 3, shards: 3);
            MemoryClient many = world.Connect();
            many.Ask("PING");
            many.Send(["MGET", .. Enumerable.Range(0, Keys).Select(static i => $"k{i}")]);
            MemoryClient other = world.Connect();
            for (int i = 0; i < steps; i++)
            {
                other.Ask("PING");
            }

            many.Close();
            world.Driver.Settle();

            Assert.Equal("+PONG\r\n", other.Ask("PING"));
            Assert.Equal("*2\r\n$-1\r\n$-1\r\n", other.Ask("MGET", "a", "b"));
        }
    }

    [Fact]
    public void A_hold_that_begins_while_a_command_is_split_is_waited_for_and_the_command_runs_once_on_the_new_master()
    {
        ProxyWorld world = new(seed: 3, shards: 3);
        MemoryClient many = world.Connect();
        MemoryClient other = world.Connect();
        many.Ask("PING");
        many.Send(["MSET", .. Enumerable.Range(0, Keys).SelectMany(static i => new[] { $"k{i}", "v" })]);
        other.Ask("PING");

        FakeEngine next = world.Switch(shard: 2);

        Assert.Equal("+OK\r\n", many.Next());
        Assert.Equal($":{Keys}\r\n", many.Ask("DBSIZE"));
        Assert.NotEmpty(next.Store.Keys);
    }

    [Fact]
    public void Names_of_all_shards_are_merged_in_slices_each_once()
    {
        const int Names = 3 * TurnSlice.Work;
        ProxyWorld world = new(seed: 4, shards: 2);
        string[] names = [.. Enumerable.Range(0, Names).Select(static i => $"$6\r\n{i:000000}\r\n")];
        world.Engines[0].Answers["PUBSUB CHANNELS"] = $"*{Names}\r\n{string.Concat(names)}";
        world.Engines[1].Answers["PUBSUB CHANNELS"] = $"*2\r\n{names[1]}$3\r\nnew\r\n";
        MemoryClient asks = world.Connect();
        MemoryClient other = world.Connect();
        other.Ask("PING");

        string[] replies = Interleaved(world, asks, other, ["PUBSUB", "CHANNELS"]);

        Assert.Equal($"*{Names + 1}\r\n{string.Concat(names)}$3\r\nnew\r\n", replies[^1]);
        Assert.True(replies.Length > 2, "nobody was served meanwhile");
    }

    [Fact]
    public void A_value_is_found_wherever_its_bytes_are_cut_and_what_is_not_there_is_an_error()
    {
        Random random = new(7);
        OutputBuffer source = new();
        OutputBuffer target = new();
        StringBuilder expected = new();
        int count = 0;
        source.Append("*400\r\n"u8);
        while (count++ < 400)
        {
            string value = count % 50 == 0 ? new string('x', 700_000) : new string('y', random.Next(3000));
            string frame = count % 7 == 0 ? "$-1\r\n" : $"${value.Length}\r\n{value}\r\n";
            expected.Append(frame);
            source.Append(Encoding.ASCII.GetBytes(frame));
        }

        Assert.Equal(400, ReplyElements.TakeHeader(source));
        for (int i = 0; i < 400; i++)
        {
            Assert.InRange(ReplyElements.MoveNext(source, target), 1, TurnSlice.Work + 1);
        }

        Assert.Equal(0, source.Length);
        Assert.Equal(expected.ToString(), Encoding.ASCII.GetString(target.Pending));
        Assert.Throws<RespFormatException>(() => ReplyElements.MoveNext(source, target));
        source.Append("$10\r\nabc"u8);
        Assert.Throws<RespFormatException>(() => ReplyElements.MoveNext(source, target));
        target.Release();
        source.Release();
    }

    /// <summary>Sends a command while another client asks on and on; what was answered, the command's answer last.</summary>
    private static string[] Interleaved(ProxyWorld world, MemoryClient many, MemoryClient other, string[] command)
    {
        List<string> replies = [];
        many.Send(command);
        while (many.Frames.Count == 0)
        {
            replies.Add(other.Ask("ECHO", "x"));
        }

        return [.. replies, many.Next()];
    }
}

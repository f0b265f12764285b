using System.Text.RegularExpressions;
using Baton.Lab;
using Baton.TestKit;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>CLIENT TRACKING in RESP2 and with REDIRECT, beside a plain server and over a move.</summary>
[Collection(RedisSwitchingCollection.Name)]
public sealed class RedisTrackingTests(RedisSwitchingCluster cluster)
{
    /// <summary>
    /// <c>r</c> reads, <c>w</c> writes, <c>t</c> is told; <c>r&lt;</c> = its next push, <c>{t}</c> = the id of t.
    /// </summary>
    public static TheoryData<string> Scripts() =>
    [
        "t SUBSCRIBE __redis__:invalidate|r CLIENT TRACKING ON REDIRECT {t}|r CLIENT GETREDIR|r CLIENT TRACKINGINFO|r GET k|w SET k v1|t<|w SET k v2|r GET k"
            + "|w DEL k|t<|r GET k|w FLUSHDB|t<|r CLIENT TRACKING OFF|r CLIENT GETREDIR|r CLIENT TRACKINGINFO|r GET k|w SET k v3|t PING",
        "t HELLO 3|r CLIENT TRACKING ON BCAST PREFIX k PREFIX a REDIRECT {t}|r CLIENT TRACKINGINFO|w SET k1 v1|t<|w SET b v1|w SET a v1|t<|w FLUSHALL|t<",
        "t SUBSCRIBE c|r HELLO 3|r CLIENT TRACKING ON REDIRECT {t}|r GET k|w SET k v1|t<|w GET k|r GET k|w FLUSHDB|t<",
        "t PING|r HELLO 3|r CLIENT TRACKING ON REDIRECT {t}|r GET k|w SET k v1|t PING|r PING",
        "r HELLO 3|t HELLO 3|r CLIENT TRACKING ON REDIRECT {t} OPTIN|r GET k|r CLIENT CACHING YES|r CLIENT TRACKINGINFO|r GET k2|w SET k v1|w SET k2 v1|t<",
        "r HELLO 3|r CLIENT TRACKING ON REDIRECT {t}|r GET k|w CLIENT KILL ID {t}|w SET k v1|r<|r CLIENT TRACKINGINFO"
            + "|r CLIENT TRACKING OFF|r CLIENT TRACKINGINFO",
        "r CLIENT TRACKING ON REDIRECT 999999|r CLIENT TRACKING ON REDIRECT x|r CLIENT TRACKING ON REDIRECT|r CLIENT TRACKING ON REDIRECT {t} REDIRECT {t}"
            + "|r CLIENT TRACKING OFF REDIRECT 999999|r CLIENT TRACKING ON REDIRECT 0|r CLIENT TRACKING ON REDIRECT -1|r CLIENT TRACKINGINFO",
        "t HELLO 3|r HELLO 3|r CLIENT TRACKING ON|r GET k|r CLIENT TRACKING ON REDIRECT {t}|w SET k v1|t<|r GET k|r CLIENT TRACKING ON"
            + "|w SET k v2|r<|r CLIENT GETREDIR",
        "r CLIENT TRACKING ON|r GET k|w SET k v1|r PING|r HELLO 3|r GET k|w SET k v2|r<|r GET k|r HELLO 2|w SET k v3|r PING|r CLIENT TRACKINGINFO",
        "r HELLO 3|r CLIENT TRACKING ON|r XREAD BLOCK 20 STREAMS s $|w XADD s 1-1 f v|r<|r XREAD BLOCK 20 STREAMS s 0|w DEL s|r<",
        "t HELLO 3|r CLIENT TRACKING ON REDIRECT {t}|r GET k|t MULTI|t SET k v|w SET k v1|t<|t EXEC|t GET k",
        "r HELLO 3|r CLIENT TRACKING ON|r GET k|r CLIENT TRACKING ON BCAST|r CLIENT TRACKING ON PREFIX a|r CLIENT TRACKING ON BCAST OPTIN"
            + "|r CLIENT TRACKING MAYBE",
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task tracking_is_as_with_a_plain_server(string script)
    {
        await using PlainRedis plain = await PlainRedis.StartAsync();

        List<string> expected = await PlayAsync("127.0.0.1", plain.Port, script);
        List<string> actual = await PlayAsync(await cluster.Process.HostAsync(), cluster.Process.Port, script);

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("failover")]
    public async Task over_a_switch_the_other_connection_is_told_that_all_is_invalid_and_what_is_read_then(string operation)
    {
        await using RawConnection told = await cluster.ConnectAsync();
        await using RawConnection reader = await cluster.ConnectAsync();
        await using RawConnection writer = await cluster.ConnectAsync();
        told.MessagesAreArrays = true;
        long id = await told.IdAsync();
        await told.CallAsync("SUBSCRIBE", "__redis__:invalidate");
        await reader.ExpectAsync('+', "CLIENT", "TRACKING", "ON", "REDIRECT", $"{id}");
        await reader.CallAsync("GET", "moved");

        await cluster.SwitchAsync(operation);

        await told.PushAsync(static push => push.Items is [_, _, { IsNull: true }], "everything is invalid");
        await reader.CallAsync("GET", "moved");
        await writer.ExpectAsync('+', "SET", "moved", "v");
        await told.PushAsync(static push => push.Items is [_, _, { Items: [var key] }] && $"{key}".Contains("moved", StringComparison.Ordinal), "the key");
        Assert.Empty(reader.Pushes);
        Assert.Null(told.Closed);
    }

    private static async Task<List<string>> PlayAsync(string host, int port, string script)
    {
        Dictionary<string, RawConnection> clients = [];
        Dictionary<string, int> taken = [];
        foreach (string name in (string[])["r", "w", "t"])
        {
            RawConnection client = await RawConnection.ConnectAsync(host, port);
            client.MessagesAreArrays = true;
            (clients[name], taken[name]) = (client, 0);
        }

        string id = $"{await clients["t"].IdAsync()}";
        await clients["w"].CallAsync("DEL", "k", "k1", "k2", "a", "b", "s");
        List<string> answers = [];
        foreach (string line in script.Split('|'))
        {
            RawConnection client = clients[line[..1]];
            if (line[1] == '<')
            {
                int before = taken[line[..1]]++;
                await Eventually.TrueAsync(
                    () => client.Pushes.Count > before, RawConnection.Limit, "a push", () => $"{script}: {line} after {string.Join(", ", answers)}");
                answers.Add(Anonymous($"{line} {client.Pushes[before].Frame}"));
            }
            else
            {
                RespValue answer = await client.CallAsync(line[2..].Replace("{t}", id, StringComparison.Ordinal).Split(' '));
                answers.Add(Anonymous($"{line} {(line.Contains("HELLO", StringComparison.Ordinal) ? answer.Kind : answer)}"));
            }
        }

        foreach ((string name, RawConnection client) in clients)
        {
            answers.AddRange(client.Pushes.Skip(taken[name]).Select(push => Anonymous($"{name} more: {push.Frame}")));
            await client.DisposeAsync();
        }

        return answers;

        string Anonymous(string text) => Regex.Replace(text, $@":{id}\b", ":{t}");
    }
}

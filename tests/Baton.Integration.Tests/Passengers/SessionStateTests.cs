using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>
/// What a session has set holds on whichever upstream serves it: every pair of a pinned state and a command that changes the session, and what both
/// together do to reads and writes, answer by answer as a plain server does it; also when the shard moves between the two.
/// </summary>
public abstract class SessionStateTests(SwitchingCluster cluster)
{
    /// <summary>What pins a session to upstreams of its own, by name.</summary>
    private static readonly (string Name, string Commands, bool OnGarnet)[] States =
    [
        ("plain", "PING", true),
        ("watch", "WATCH w", true),
        ("watch in another database", "SELECT 5|WATCH w", true),
        ("watch in two databases", "WATCH w|SELECT 3|WATCH w2", true),
        ("watch on RESP3", "HELLO 3|SELECT 5|WATCH w", true),
        ("multi", "WATCH w|MULTI|SET in 1", true),
        ("tracking", "HELLO 3|CLIENT TRACKING ON|GET k", false),
        ("tracking and watch", "HELLO 3|CLIENT TRACKING ON|SELECT 2|WATCH w", false),
        ("tracking what is asked for", "HELLO 3|CLIENT TRACKING ON OPTIN|CLIENT CACHING YES", false),
        ("had been blocked", "SELECT 5|BLPOP none 0.01", true),
        ("subscriber on RESP3", "HELLO 3|SUBSCRIBE c", true),
        ("had subscribed", "SUBSCRIBE c|UNSUBSCRIBE c", true),
    ];

    private static readonly string[] Changes =
    [
        "SELECT 1", "SELECT 0", "SELECT 5", "SELECT 1|SELECT 5", "SELECT 99", "HELLO 3", "HELLO 2", "HELLO 3 SETNAME joe", "CLIENT SETNAME joe", "RESET",
        "UNWATCH", "DISCARD", "MULTI|SELECT 4|EXEC", "CLIENT REPLY SKIP", "CLIENT REPLY OFF|CLIENT REPLY ON", "CLIENT TRACKING OFF", "HELLO 3|CLIENT TRACKING ON",
        "BLPOP none 0.01", "WATCH other",
    ];

    /// <summary>What tells where commands go, which keys are watched, and in which protocol answers come.</summary>
    private static readonly string[] Probes =
    [
        "SET k v|GET k|GET missing|CLIENT GETNAME", "MULTI|SET k m|GET w|EXEC|GET k", "BLPOP none 0.01|INCR n|GET missing",
        "!CHANGE|MULTI|SET k n|EXEC|GET k", "SELECT 1|GET k|SELECT 5|GET k|SELECT 0|GET k",
    ];

    public static TheoryData<string> StateNames() => [.. States.Select(static state => state.Name)];

    [Theory]
    [MemberData(nameof(StateNames))]
    public async Task every_change_of_a_session_holds_in_every_state(string name)
    {
        await using PlainRedis plain = await PlainRedis.StartAsync();
        (_, string state, bool onGarnet) = States.Single(state => state.Name == name);
        Assert.SkipUnless(onGarnet || cluster.IsRedis, "The embedded engine has no tracking.");
        List<string> wrong = [];
        foreach (string change in Changes.Where(change => name != "multi" || !IsRefusedInMulti(change)))
        {
            foreach (string probe in Probes)
            {
                await CompareAsync(plain, $"{state}|{change}|{probe}", null, wrong);
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public async Task every_state_and_change_holds_over_a_move()
    {
        await using PlainRedis plain = await PlainRedis.StartAsync();
        List<string> wrong = [];
        foreach ((string name, string state, bool onGarnet) in States.Where(state => state.OnGarnet || cluster.IsRedis))
        {
            // A watch does not survive a move on a tracked link; EXEC answers null then, as the README says.
            foreach (string change in name == "tracking and watch" ? [] : (string[])["SELECT 1", "SELECT 1|!MOVE|SELECT 0"])
            {
                string script = $"{state}|!MOVE|{change}|SET k v|GET k|GET missing|SELECT 1|GET k|SELECT 5|GET k";
                await CompareAsync(plain, script, () => cluster.SwitchAsync("migrate"), wrong);
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    private async Task CompareAsync(PlainRedis plain, string script, Func<Task>? move, List<string> wrong)
    {
        if (!cluster.IsRedis && (script.Contains("CLIENT TRACKING", StringComparison.Ordinal) || HasSelectInMulti(script)))
        {
            return; // The embedded engine refuses both by name.
        }

        List<(string Line, string Answer)> expected = await PlayAsync("127.0.0.1", plain.Port, script, null);
        List<(string Line, string Answer)> actual = await PlayAsync(await cluster.Process.HostAsync(), cluster.Process.Port, script, move);
        int same = expected.Zip(actual).TakeWhile(static pair => pair.First == pair.Second).Count();
        if (same == expected.Count && same == actual.Count)
        {
            return;
        }

        // Garnet's watches count only in their own database: EXEC in another one answers null.
        bool isGarnetsWatch = !cluster.IsRedis && script.Contains("WATCH", StringComparison.Ordinal) && script.Contains("SELECT", StringComparison.Ordinal)
            && same < actual.Count && actual[same] is ("EXEC", "*-1|" or "_|");
        if (!isGarnetsWatch)
        {
            string theirs = string.Join(' ', expected.Select(static each => each.Answer));
            string ours = string.Join(' ', actual.Select(static each => each.Answer));
            wrong.Add($"{script}\n   plain {theirs}\n   here  {ours}");
        }
    }

    private static bool IsRefusedInMulti(string change) =>
        change.StartsWith("CLIENT REPLY", StringComparison.Ordinal) || change.StartsWith("CLIENT TRACKING", StringComparison.Ordinal)
        || change.StartsWith("HELLO", StringComparison.Ordinal);

    private static bool HasSelectInMulti(string script)
    {
        int multi = script.IndexOf("MULTI", StringComparison.Ordinal);
        return multi >= 0 && script[multi..].Split("EXEC")[0].Contains("SELECT", StringComparison.Ordinal);
    }

    private static async Task<List<(string Line, string Answer)>> PlayAsync(string host, int port, string script, Func<Task>? move)
    {
        await using RawConnection other = await RawConnection.ConnectAsync(host, port);
        foreach (int database in (int[])[0, 1, 2, 3, 4, 5])
        {
            await other.CallAsync("SELECT", $"{database}");
            await other.CallAsync("DEL", "k", "w", "w2", "n", "in", "other");
        }

        await using RawConnection connection = await RawConnection.ConnectAsync(host, port);
        List<(string Line, string Answer)> answers = [];
        bool skips = false;
        foreach (string line in script.Split('|'))
        {
            switch (line)
            {
                case "!MOVE":
                    await (move?.Invoke() ?? Task.CompletedTask);
                    break;
                case "!CHANGE":
                    foreach (string change in (string[])["SELECT 5", "SET w changed"])
                    {
                        await other.CallAsync(change.Split(' '));
                    }

                    break;
                case "CLIENT REPLY SKIP" or "CLIENT REPLY OFF":
                    connection.SendBytes(line + "\r\n");
                    skips = line == "CLIENT REPLY SKIP";
                    break;
                default:
                    if (skips)
                    {
                        skips = false;
                        connection.SendBytes(line + "\r\n");
                        break;
                    }

                    RespValue answer = await connection.CallAsync(line.Split(' '));
                    answers.Add((line, line.StartsWith("HELLO", StringComparison.Ordinal) ? $"{answer.Kind}" : answer.ToString()));
                    break;
            }
        }

        // What the client has read may all have changed when its shard moves, and it is told so.
        answers.AddRange(connection.Pushes.Where(_ => !script.Contains("!MOVE", StringComparison.Ordinal)).Select(static push => ("push", $"{push.Frame}")));
        return answers;
    }
}

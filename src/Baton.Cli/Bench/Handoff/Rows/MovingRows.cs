using System.Net;

namespace Baton.Cli.Bench.Handoff.Rows;

/// <summary>The endpoint moves to a place that MOVING names.</summary>
internal static class MovingRows
{
    private const int Grace = 3;

    /// <summary>The name of the new place on the server's side of the tunnel: nothing is there on this side.</summary>
    public static readonly IPEndPoint BehindTunnel = IPEndPoint.Parse("192.0.2.1:6400");

    /// <summary>B1 to B9, T, D.</summary>
    public static IEnumerable<HandoffRow> All() =>
    [
        new("B1", "MOVING to a named place, no round trip", stage => MoveAsync(stage, Grace)),
        new("B2", "the same, round trip 20 ms", stage => MoveAsync(stage, Grace)) { RoundTripMs = 20 },
        new("B3", "the same, round trip 100 ms", stage => MoveAsync(stage, Grace)) { RoundTripMs = 100 },
        new("B3/200", "the same, round trip 200 ms", stage => MoveAsync(stage, Grace)) { RoundTripMs = 200 },
        new("B4", "the same, 64 callers that saturate", stage => MoveAsync(stage, Grace)) { Callers = 64, Rests = false },
        new("B5", "nobody listens at the named place; the old one serves on", DeadTargetAsync) { IsLong = true },
        new("B6", "the named place accepts and is silent for 3 s", SlowTargetAsync),
        new("B7", "BLPOP of 8 s under way; MOVING, 12 s; the element comes after 7 s", BlockedPopAsync)
        {
            IsLong = true, MostFigures = new Dictionary<string, double> { ["popFailed"] = 0, ["elementsLost"] = 0 },
        },
        new("B7n", "BLPOP of 3 s under way; MOVING, 6 s", ShortPopAsync)
        {
            MostFigures = new Dictionary<string, double> { ["popFailed"] = 0 },
        },
        new("B8", "MOVING, 1 s", stage => MoveAsync(stage, 1)),
        new("B8/200", "the same, round trip 200 ms", stage => MoveAsync(stage, 1)) { RoundTripMs = 200 },
        new("B9", "MOVING, 0 s, closed at once; round trip 20 ms: what was in flight may fail", WithoutGraceAsync)
        {
            RoundTripMs = 20, MostFailed = 100, MostGap = TimeSpan.FromMilliseconds(100),
        },
        new("T", "MOVING to a place only a tunnel can reach", async stage =>
        {
            stage.Move(stage.A, Grace, BehindTunnel);
            await stage.WaitAsync(Grace).ConfigureAwait(false);
            stage.Note("reachedTheTarget", Math.Min(stage.B.Accepted, 1));
            stage.Note("missedTheTarget", stage.B.Accepted == 0 ? 1 : 0);
            HandoffStage.Leave(stage.A);
            await stage.WaitAsync(1).ConfigureAwait(false);
        })
        {
            UsesTunnel = true, MostFigures = new Dictionary<string, double> { ["missedTheTarget"] = 0 },
        },
        new("D", "cut without notice, round trip 100 ms, reads and INCR: reads are repeated, INCR in flight may fail", async stage =>
        {
            stage.A.CloseAll(abruptly: true);
            await stage.WaitAsync(2).ConfigureAwait(false);
        })
        {
            Load = LoadKind.ReadsAndIncrements, Callers = 200, RoundTripMs = 100, MostFailed = 100, MostGap = TimeSpan.FromMilliseconds(300),
            MostFigures = new Dictionary<string, double> { ["readsFailed"] = 0 },
        },
    ];

    /// <summary>A whole move: announced, made, the old place is left.</summary>
    public static async Task MoveAsync(HandoffStage stage, int grace)
    {
        stage.Move(stage.A, grace, stage.B.Address);
        await stage.WaitAsync(grace).ConfigureAwait(false);
        HandoffStage.Leave(stage.A);
        await stage.WaitAsync(1).ConfigureAwait(false);
    }

    private static async Task DeadTargetAsync(HandoffStage stage)
    {
        stage.B.StopListening();
        stage.Move(stage.A, 13, stage.B.Address);
        await stage.WaitAsync(15).ConfigureAwait(false);
    }

    private static async Task SlowTargetAsync(HandoffStage stage)
    {
        stage.B.Settings = stage.B.Settings with { IsMute = true };
        stage.Move(stage.A, 8, stage.B.Address);
        await stage.WaitAsync(3).ConfigureAwait(false);
        stage.B.Speak();
        await stage.WaitAsync(5).ConfigureAwait(false);
        HandoffStage.Leave(stage.A);
        await stage.WaitAsync(1).ConfigureAwait(false);
    }

    private static async Task BlockedPopAsync(HandoffStage stage)
    {
        const string Element = "element";
        var key = stage.Prefix + "list";
        var popping = TryPopAsync(stage, key, 8);
        await stage.WaitAsync(1).ConfigureAwait(false);
        stage.Move(stage.A, 12, stage.B.Address);
        await stage.WaitAsync(6).ConfigureAwait(false);
        using var direct = await Load.DirectConnection.OpenAsync(stage.Server).ConfigureAwait(false);
        _ = await direct.ExecuteAsync(["RPUSH", key, Element]).ConfigureAwait(false);
        var popped = await popping.ConfigureAwait(false);
        await stage.WaitAsync(6).ConfigureAwait(false);
        HandoffStage.Leave(stage.A);
        await stage.WaitAsync(1).ConfigureAwait(false);

        // It is where it belongs once: at the caller, or still in the list.
        var left = (await direct.ExecuteAsync(["LLEN", key]).ConfigureAwait(false))[0].Integer;
        stage.Note("elementsLost", 1 - left - (popped == Element ? 1 : 0));
    }

    private static async Task ShortPopAsync(HandoffStage stage)
    {
        var popping = TryPopAsync(stage, stage.Prefix + "list", 3);
        await stage.WaitAsync(0.5).ConfigureAwait(false);
        stage.Move(stage.A, 6, stage.B.Address);
        _ = await popping.ConfigureAwait(false);
        await stage.WaitAsync(3.5).ConfigureAwait(false);
        HandoffStage.Leave(stage.A);
        await stage.WaitAsync(1).ConfigureAwait(false);
    }

    private static async Task<string?> TryPopAsync(HandoffStage stage, string key, int seconds)
    {
        try
        {
            var element = await stage.Client.PopAsync(key, seconds).ConfigureAwait(false);
            stage.Note("popFailed", 0);
            return element;
        }
        catch (Exception)
        {
            // Whatever the library throws: the pop did not do what it was asked for.
            stage.Note("popFailed", 1);
            return null;
        }
    }

    private static async Task WithoutGraceAsync(HandoffStage stage)
    {
        stage.Move(stage.A, 0, stage.B.Address);
        HandoffStage.Leave(stage.A);
        await stage.WaitAsync(4).ConfigureAwait(false);
    }
}

using Baton.Cli.Bench.Handoff.Relay;

namespace Baton.Cli.Bench.Handoff.Rows;

/// <summary>A shard is moved or fails over: replies are late, and limits are to be relaxed. No address changes.</summary>
internal static class TimeoutRows
{
    private const int Announced = 5;
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>A1 to A3, L60, AT, FO.</summary>
    public static IEnumerable<HandoffRow> All() =>
    [
        new("A1", "MIGRATING, then replies stall for 3 s; limit 1 s", stage => StallAsync(stage, Announced, 3))
        {
            Callers = 50, BlockingCallers = 10, Timeout = OneSecond, MostGap = null,
        },
        new("A2", "the same, stall of 13 s: one clear error per caller at most", stage => StallAsync(stage, Announced, 13))
        {
            Callers = 50, BlockingCallers = 10, Timeout = OneSecond, MostGap = null, MostFailed = 60, IsLong = true,
        },
        new("A2w", "the same, told to wait for MIGRATED", stage => StallAsync(stage, Announced, 13))
        {
            Callers = 50, BlockingCallers = 10, Timeout = OneSecond, MostGap = null, WaitsForEnd = true, IsLong = true,
        },
        new("A3", "the stall begins, MIGRATING comes 0.5 s later; limit 1 s, blocking callers too", LateNewsAsync)
        {
            Callers = 20, BlockingCallers = 20, Timeout = OneSecond, MostGap = null,
        },
        new("L60", "MIGRATING announces 60 s, stall of 3 s at 33 s; limit 1 s", async stage =>
        {
            stage.A.Tell(NotificationFrame.Migrating(stage.NextSequence(), 60));
            await stage.WaitAsync(33).ConfigureAwait(false);
            await SilenceAsync(stage, 3).ConfigureAwait(false);
        })
        {
            Callers = 50, Timeout = OneSecond, MostGap = null, IsLong = true,
        },
        new("AT", "no maintenance, stall of 4 s; limit 1 s: how late the errors are", TimelinessAsync)
        {
            Callers = 50, BlockingCallers = 10, Timeout = OneSecond, MostGap = null, MostFailed = null,
            MostFigures = new Dictionary<string, double> { ["asyncLateMs"] = 100, ["blockingLateMs"] = 100 },
        },
        new("FO", "FAILING_OVER, stall of 2 s, cut, nobody listens for 1.5 s; reads; limit 1 s", FailOverAsync)
        {
            Load = LoadKind.Reads, Callers = 50, Timeout = OneSecond, MostGap = null,
            MostFigures = new Dictionary<string, double> { ["answerAfterListeningMs"] = 100 },
        },
    ];

    private static async Task StallAsync(HandoffStage stage, int announced, double seconds)
    {
        stage.A.Tell(NotificationFrame.Migrating(stage.NextSequence(), announced));
        await stage.WaitAsync(0.2).ConfigureAwait(false);
        await SilenceAsync(stage, seconds).ConfigureAwait(false);
        stage.A.Tell(NotificationFrame.Migrated(stage.NextSequence()));
        await stage.WaitAsync(0.5).ConfigureAwait(false);
    }

    private static async Task LateNewsAsync(HandoffStage stage)
    {
        stage.A.Stall(true);
        await stage.WaitAsync(0.5).ConfigureAwait(false);
        stage.A.Tell(NotificationFrame.Migrating(stage.NextSequence(), Announced));
        await stage.WaitAsync(2.5).ConfigureAwait(false);
        stage.A.Stall(false);
        stage.A.Tell(NotificationFrame.Migrated(stage.NextSequence()));
        await stage.WaitAsync(0.5).ConfigureAwait(false);
    }

    private static async Task SilenceAsync(HandoffStage stage, double seconds)
    {
        stage.A.Stall(true);
        await stage.WaitAsync(seconds).ConfigureAwait(false);
        stage.A.Stall(false);
        await stage.WaitAsync(0.5).ConfigureAwait(false);
    }

    private static async Task TimelinessAsync(HandoffStage stage)
    {
        await SilenceAsync(stage, 4).ConfigureAwait(false);
        await stage.Load.StopAsync().ConfigureAwait(false);
        var limit = stage.Order.Timeout!.Value.TotalMilliseconds;
        stage.Note("asyncLateMs", stage.Load.LongestFailureMs(isBlocking: false) - limit);
        stage.Note("blockingLateMs", stage.Load.LongestFailureMs(isBlocking: true) - limit);
    }

    private static async Task FailOverAsync(HandoffStage stage)
    {
        stage.A.Tell(NotificationFrame.FailingOver(stage.NextSequence(), 2));
        await stage.WaitAsync(0.2).ConfigureAwait(false);
        stage.A.Stall(true);
        await stage.WaitAsync(2).ConfigureAwait(false);
        stage.A.StopListening();
        stage.A.CloseAll(abruptly: true);
        await stage.WaitAsync(1.5).ConfigureAwait(false);
        stage.A.Listen();
        await stage.NoteNextAnswerAsync("answerAfterListeningMs", 8).ConfigureAwait(false);
        await stage.WaitAsync(1).ConfigureAwait(false);
    }
}

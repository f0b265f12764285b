namespace Baton.Cli.Bench.Handoff.Rows;

/// <summary>The endpoint moves more than once, or its new place blinks.</summary>
internal static class RepeatedRows
{
    private const int Grace = 4;
    private static readonly Dictionary<string, double> OnTheNewest = new() { ["missedTheNewest"] = 0 };

    /// <summary>F, F2, G.</summary>
    public static IEnumerable<HandoffRow> All() =>
    [
        new("F", "MOVING to B, which greets late; 0.1 s later MOVING to C on the same connection: the newest counts", async stage =>
        {
            // Else a client that moves at once would be on B by then, where this server tells nobody.
            stage.B.Settings = stage.B.Settings with { IsMute = true };
            stage.Move(stage.A, Grace, stage.B.Address);
            await stage.WaitAsync(0.1).ConfigureAwait(false);
            stage.Move(stage.A, Grace, stage.C.Address);
            await stage.WaitAsync(0.4).ConfigureAwait(false);
            stage.B.Speak();
            await EndOnNewestAsync(stage).ConfigureAwait(false);
        })
        {
            MostFigures = OnTheNewest,
        },
        new("F2", "MOVING to B, 1.5 s later MOVING to C on B", async stage =>
        {
            stage.Move(stage.A, Grace, stage.B.Address);
            await stage.WaitAsync(1.5).ConfigureAwait(false);
            stage.Move(stage.B, Grace, stage.C.Address);
            await EndOnNewestAsync(stage).ConfigureAwait(false);
        })
        {
            MostFigures = OnTheNewest,
        },
        new("G", "moved A to B by address, the window is long over, B blinks for 0.5 s; reads", BlinkAsync)
        {
            Load = LoadKind.Reads, Callers = 20, MostGap = null, IsLong = true,
            MostFigures = new Dictionary<string, double> { ["answerAfterListeningMs"] = 100 },
        },
    ];

    private static async Task EndOnNewestAsync(HandoffStage stage)
    {
        await stage.WaitAsync(Grace).ConfigureAwait(false);
        stage.Note("missedTheNewest", stage.C.Links().Count == 0 ? 1 : 0);
        HandoffStage.Leave(stage.A);
        HandoffStage.Leave(stage.B);
        await stage.WaitAsync(1).ConfigureAwait(false);
    }

    // A window is taken for 10 s at least by StackExchange.Redis, whatever was announced.
    private static async Task BlinkAsync(HandoffStage stage)
    {
        await MovingRows.MoveAsync(stage, 2).ConfigureAwait(false);
        await stage.WaitAsync(11).ConfigureAwait(false);
        stage.B.StopListening();
        stage.B.CloseAll(abruptly: true);
        await stage.WaitAsync(0.5).ConfigureAwait(false);
        stage.B.Listen();
        await stage.NoteNextAnswerAsync("answerAfterListeningMs", 5).ConfigureAwait(false);
        await stage.WaitAsync(1).ConfigureAwait(false);
    }
}

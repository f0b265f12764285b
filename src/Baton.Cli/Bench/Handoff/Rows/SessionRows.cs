using System.Globalization;
using Baton.Cli.Bench.Handoff.Load;

namespace Baton.Cli.Bench.Handoff.Rows;

/// <summary>What is more than commands and replies moves too: subscriptions, transactions, batches; and a server without notifications.</summary>
internal static class SessionRows
{
    private const int Grace = 3;
    private const int MessagesAtOnce = 12;
    private static readonly Dictionary<string, double> NothingLost = new() { ["messagesLost"] = 0, ["messagesDoubled"] = 0 };

    /// <summary>E1 to E3, H.</summary>
    public static IEnumerable<HandoffRow> All() =>
    [
        new("E1", "a subscriber of about 1,200 messages a second moves", SubscribeAsync) { Callers = 10, MostFigures = NothingLost },
        new("E1/30", "the same, round trip 30 ms", SubscribeAsync) { Callers = 10, RoundTripMs = 30, MostFigures = NothingLost },
        new("E2", "50 callers of conditional transactions move, round trip 10 ms", stage => MovingRows.MoveAsync(stage, Grace))
        {
            Load = LoadKind.Transactions, Callers = 50, RoundTripMs = 10,
        },
        new("E2/cut", "the same, cut without notice: what was in flight may fail", async stage =>
        {
            stage.A.CloseAll(abruptly: true);
            await stage.WaitAsync(4).ConfigureAwait(false);
        })
        {
            Load = LoadKind.Transactions, Callers = 50, RoundTripMs = 10, MostFailed = 50, MostGap = TimeSpan.FromMilliseconds(300),
        },
        new("E3", "20 callers of 20 INCR at once, and INCR nobody awaits, move", ForgetAsync)
        {
            Load = LoadKind.Batches, Callers = 20, MostFigures = new Dictionary<string, double> { ["forgottenLost"] = 0 },
        },
        new("H", "the server refuses the opt-in: Auto connects, Enabled says why not", RefuseAsync)
        {
            RefusesOptIn = true, Callers = 10, MostGap = null,
            MostFigures = new Dictionary<string, double> { ["connectedAlthoughRequired"] = 0, ["reasonMissing"] = 0 },
        },
    ];

    private static async Task SubscribeAsync(HandoffStage stage)
    {
        var channel = stage.Prefix + "news";
        var heard = new Dictionary<long, int>();
        await stage.Client.SubscribeAsync(channel, text =>
        {
            lock (heard)
            {
                var number = long.Parse(text, CultureInfo.InvariantCulture);
                heard[number] = heard.GetValueOrDefault(number) + 1;
            }
        }).ConfigureAwait(false);
        await stage.WaitAsync(0.5).ConfigureAwait(false);
        using var over = new CancellationTokenSource();
        var publishing = PublishAsync(stage, channel, over.Token);
        await stage.WaitAsync(1).ConfigureAwait(false);
        await MovingRows.MoveAsync(stage, Grace).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        var published = await publishing.ConfigureAwait(false);
        await stage.WaitAsync(1).ConfigureAwait(false);
        lock (heard)
        {
            stage.Note("messagesPublished", published);
            stage.Note("messagesLost", published - heard.Count);
            stage.Note("messagesDoubled", heard.Values.Sum(static times => times - 1));
        }
    }

    private static async Task<long> PublishAsync(HandoffStage stage, string channel, CancellationToken cancellationToken)
    {
        using var direct = await DirectConnection.OpenAsync(stage.Server).ConfigureAwait(false);
        var number = 0L;
        while (!cancellationToken.IsCancellationRequested)
        {
            _ = await direct.ExecuteAsync([.. Enumerable.Range(0, MessagesAtOnce).Select(_ => Publish(++number))]).ConfigureAwait(false);
            await stage.WaitAsync(0.01).ConfigureAwait(false);
        }

        return number;

        string[] Publish(long message) => ["PUBLISH", channel, message.ToString(CultureInfo.InvariantCulture)];
    }

    private static async Task ForgetAsync(HandoffStage stage)
    {
        var key = stage.Prefix + "forgotten";
        using var over = new CancellationTokenSource();
        var forgetting = IncrementAsync();
        await stage.WaitAsync(0.5).ConfigureAwait(false);
        await MovingRows.MoveAsync(stage, Grace).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        var sent = await forgetting.ConfigureAwait(false);
        await stage.WaitAsync(0.5).ConfigureAwait(false);
        using var direct = await DirectConnection.OpenAsync(stage.Server).ConfigureAwait(false);
        stage.Note("forgottenSent", sent);
        stage.Note("forgottenLost", sent - await direct.CountAsync(key).ConfigureAwait(false));

        async Task<long> IncrementAsync()
        {
            var count = 0L;
            for (; !over.IsCancellationRequested; count++)
            {
                stage.Client.IncrementAndForget(key);
                await stage.WaitAsync(0.001).ConfigureAwait(false);
            }

            return count;
        }
    }

    private static async Task RefuseAsync(HandoffStage stage)
    {
        await stage.WaitAsync(1).ConfigureAwait(false);
        try
        {
            var client = await stage.Kind.ConnectAsync(stage.Order with { IsRequired = true }).ConfigureAwait(false);
            await client.DisposeAsync().ConfigureAwait(false);
            stage.Note("connectedAlthoughRequired", 1);
        }
        catch (Exception e)
        {
            // Whatever the library throws; it is to say what was missing.
            stage.Note("connectedAlthoughRequired", 0);
            stage.Note("reasonMissing", e.Message.Contains("maint", StringComparison.OrdinalIgnoreCase) ? 0 : 1);
        }
    }
}

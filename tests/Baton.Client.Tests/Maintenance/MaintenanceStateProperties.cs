using Baton.Protocol.Maintenance;
using CsCheck;
using Xunit;

namespace Baton.Client.Tests.Maintenance;

/// <summary>What holds of <see cref="MaintenanceState"/> and the limits, whatever is heard in whatever order. CsCheck prints the seed of a failure.</summary>
public sealed class MaintenanceStateProperties
{
    private static readonly MaintenanceSettings Settings = new(LongestWindowMs: 600_000, TailMs: 10_000);

    private static readonly Gen<ReceivedNotification> Notification = Gen.Select(
        Gen.Int[0, 6].Select(static kind => (MaintenanceNotificationKind)kind),
        Gen.OneOf(Gen.Long[-1, 20], Gen.Long[0, long.MaxValue]),
        Gen.OneOf(Gen.Long[-100, 100], Gen.Long),
        Gen.Int[0, 3],
        Gen.Int[0, 3],
        (kind, sequence, seconds, place, shard) => new ReceivedNotification(
            kind,
            sequence < 0 ? null : sequence,
            seconds > 95 ? null : seconds,
            kind == MaintenanceNotificationKind.Moving && place > 0 ? new MovingAddress("10.0.0." + place, 6379) : null,
            shard == 0 ? null : [shard]));

    private static readonly Gen<(ReceivedNotification Heard, int AfterMs)[]> Story = Gen.Select(Notification, Gen.Int[0, 30_000]).Array[1, 40];

    [Fact]
    public void Relaxation_ends_in_any_case() => Story.Sample(story =>
    {
        var (state, now) = Play(story);
        state = state.Tick(now + 86_400_000 + 2_000 + Settings.TailMs);

        Assert.False(state.IsRelaxed);
        Assert.Null(state.Current);
        Assert.Empty(state.Seen);
    });

    [Fact]
    public void A_limit_is_never_shorter_than_configured_and_never_shrinks_while_a_command_waits() => Gen.Select(Story, Gen.Int[1, 60_000], Gen.Int[1, 60_000], Gen.Int[0, 39])
        .Sample((story, commandMs, relaxedMs, startAt) =>
        {
            var relaxed = Math.Max(commandMs, relaxedMs);
            var (state, now) = (MaintenanceState.Quiet, 0L);
            long started = -1, least = 0;
            for (var index = 0; index < story.Length; index++)
            {
                started = index == startAt % story.Length ? now : started;
                now += story[index].AfterMs;
                state = state.On(story[index].Heard, now, Settings);
                if (started >= 0)
                {
                    var limit = started <= state.RelaxedForMs ? relaxed : commandMs;
                    Assert.True(limit >= commandMs);
                    Assert.True(limit >= least);
                    least = limit;
                }
            }
        });

    [Fact]
    public void Repetitions_change_nothing() => Story.Sample(story =>
    {
        var (once, now) = Play(story);
        var again = story.Where(item => once.HasSeen(item.Heard)).Aggregate(once, (state, item) => state.On(item.Heard, now, Settings));

        Assert.Equal(Describe(once), Describe(again));
    });

    /// <summary>Every connection hears a tail of the same events, in order; how they mix is chance.</summary>
    [Fact]
    public void The_order_of_copies_over_connections_does_not_matter() =>
        Gen.Select(Operations, Gen.Int[1, 5], Gen.Int, Gen.Int[0, 40]).Sample((events, connections, seed, joined) =>
        {
            var alone = events.Aggregate(MaintenanceState.Quiet, static (state, heard) => state.On(heard, 1000, Settings));
            var random = new Random(seed);
            var streams = Enumerable.Range(0, connections)
                .Select(index => new Queue<ReceivedNotification>(index == 0 ? events : events.Skip(joined % (events.Length + 1)))).ToList();
            var mixed = MaintenanceState.Quiet;
            while (streams.Exists(static stream => stream.Count > 0))
            {
                if (streams[random.Next(streams.Count)].TryDequeue(out var heard))
                {
                    mixed = mixed.On(heard, 1000, Settings);
                }
            }

            Assert.Equal(Open(alone), Open(mixed));
        });

    /// <summary>Honest servers: operations on shards, one after the other on each shard, all counted by one counter.</summary>
    private static readonly Gen<ReceivedNotification[]> Operations = Gen.Int[0, 5].Array[0, 20].Select(static shards =>
    {
        var open = new HashSet<int>();
        return shards.Select((shard, sequence) =>
        {
            var opens = open.Add(shard) || !open.Remove(shard);
            var kind = (opens, shard < 3) switch
            {
                (true, true) => MaintenanceNotificationKind.Migrating,
                (false, true) => MaintenanceNotificationKind.Migrated,
                (true, false) => MaintenanceNotificationKind.FailingOver,
                (false, false) => MaintenanceNotificationKind.FailedOver,
            };
            return new ReceivedNotification(kind, sequence, opens ? 2 : null, null, [shard]);
        }).ToArray();
    });

    private static (MaintenanceState State, long Now) Play((ReceivedNotification Heard, int AfterMs)[] story)
    {
        var (state, now) = (MaintenanceState.Quiet, 0L);
        foreach (var (heard, afterMs) in story)
        {
            now += afterMs;
            state = state.On(heard, now, Settings);
        }

        return (state, now);
    }

    private static string Open(MaintenanceState state) =>
        string.Join(' ', state.Windows.Select(static window => window.Kind.ToString()).Order().Append(state.IsRelaxed ? "relaxed" : ""));

    private static string Describe(MaintenanceState state) => MaintenanceStateTests.Describe(state) + state.TailUntilMs + state.RelaxedForMs + state.Current;
}

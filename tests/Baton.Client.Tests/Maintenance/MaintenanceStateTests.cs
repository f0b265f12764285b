using System.Text;
using Baton.Protocol.Maintenance;
using Xunit;

namespace Baton.Client.Tests.Maintenance;

/// <summary>The table of <see cref="MaintenanceState"/>: every state with every notification.</summary>
public sealed class MaintenanceStateTests
{
    private const long Now = 1_000_000;
    private static readonly MaintenanceSettings Settings = new(LongestWindowMs: 600_000, TailMs: 10_000);

    /// <summary>What is open before, what is heard, what is open afterwards. Numbers are sequences; t is the tail.</summary>
    [Theory]
    [InlineData("", "MOVING 5", "Moving5")]
    [InlineData("", "MIGRATING 5", "Migrating5")]
    [InlineData("", "FAILING_OVER 5", "FailingOver5")]
    [InlineData("", "SMIGRATING 5", "SlotsMigrating5")]
    [InlineData("", "MIGRATING 0", "Migrating0")]
    [InlineData("", "MIGRATING ?", "Migrating-1")]
    [InlineData("", "MIGRATED 5", "")]
    [InlineData("", "FAILED_OVER 5", "")]
    [InlineData("", "SMIGRATED 5", "")]
    [InlineData("MIGRATING 5", "MIGRATING 5", "Migrating5")]
    [InlineData("MIGRATING 5", "MIGRATING 6", "Migrating5 Migrating6")]
    [InlineData("MIGRATING 5", "MIGRATED 6", "t")]
    [InlineData("MIGRATING 5", "MIGRATED 9", "t")]
    [InlineData("MIGRATING 5", "MIGRATED ?", "t")]
    [InlineData("MIGRATING 5", "MIGRATED 4", "Migrating5")]
    [InlineData("MIGRATING 5", "FAILED_OVER 6", "Migrating5")]
    [InlineData("MIGRATING 5", "SMIGRATED 6", "Migrating5")]
    [InlineData("MIGRATING 5", "MOVING 6", "Migrating5 Moving6")]
    [InlineData("FAILING_OVER 5", "FAILED_OVER 6", "t")]
    [InlineData("FAILING_OVER 5", "MIGRATED 6", "FailingOver5")]
    [InlineData("SMIGRATING 5", "SMIGRATED 6", "t")]
    [InlineData("SMIGRATING 5", "MIGRATED 6", "SlotsMigrating5")]
    [InlineData("MOVING 5", "MOVING 5", "Moving5")]
    [InlineData("MOVING 5", "MOVING 6", "Moving5 Moving6")]
    [InlineData("MOVING 5", "MIGRATED 6", "Moving5")]
    [InlineData("MOVING 5;MIGRATING 6", "MIGRATED 7", "Moving5")]
    [InlineData("SMIGRATING 5;SMIGRATING 6", "SMIGRATED 7", "SlotsMigrating5")]
    [InlineData("SMIGRATING 5;SMIGRATING 6", "SMIGRATED 6", "SlotsMigrating6")]
    [InlineData("SMIGRATING 5;SMIGRATING 6;SMIGRATED 7", "SMIGRATED 7", "SlotsMigrating5")]
    [InlineData("SMIGRATING 5;SMIGRATING 6;SMIGRATED 7", "SMIGRATED 8", "t")]
    [InlineData("MIGRATING 5;MIGRATING 6", "MIGRATED 7", "t")]
    [InlineData("MIGRATING 5;MIGRATING 7", "MIGRATED 6", "Migrating7")]
    [InlineData("MIGRATING 5;FAILING_OVER 6", "FAILED_OVER 7", "Migrating5")]
    [InlineData("MIGRATING 5;MIGRATED 6", "MIGRATED 6", "t")]
    [InlineData("MIGRATING 5;MIGRATED 6", "MIGRATED 7", "t")]
    [InlineData("MIGRATING 5;MIGRATED 6", "MIGRATING 5", "t")]
    [InlineData("MIGRATING 5;MIGRATED 6", "MIGRATING 7", "Migrating7 t")]
    [InlineData("MIGRATED 6", "MIGRATING 5", "t")]
    [InlineData("MIGRATED 6", "MIGRATING 7", "Migrating7")]
    [InlineData("FAILED_OVER 6", "MIGRATING 5", "Migrating5")]
    [InlineData("FAILED_OVER 6", "FAILING_OVER 5", "t")]
    public void A_notification_opens_and_closes_what_it_is_about(string before, string heard, string after)
    {
        var state = before.Split(';', StringSplitOptions.RemoveEmptyEntries).Aggregate(MaintenanceState.Quiet, (state, text) => state.On(Read(text), Now, Settings));
        state = state.On(Read(heard), Now, Settings);

        Assert.Equal(after, Describe(state));
        Assert.Equal(after.Length > 0, state.IsRelaxed);
        Assert.Equal(after.Length > 0 ? Now : -1, state.RelaxedForMs);
    }

    // E37, hard case 6
    [Theory]
    [InlineData("MIGRATING 5 2", 600_000)]
    [InlineData("MIGRATING 5 0", 600_000)]
    [InlineData("MIGRATING 5 -7", 600_000)]
    [InlineData("FAILING_OVER 5 3600", 3_600_000)]
    [InlineData("MIGRATING 5 9223372036854775807", 86_400_000)]
    [InlineData("SMIGRATING 5", 600_000)]
    [InlineData("MOVING 5 15", 17_000)]
    [InlineData("MOVING 5 0", 2_000)]
    public void A_window_whose_end_nobody_tells_ends_by_itself_without_a_tail(string opener, long length)
    {
        var state = MaintenanceState.Quiet.On(Read(opener), Now, Settings);

        Assert.True(state.Tick(Now + length - 1).IsRelaxed);
        var after = state.Tick(Now + length);
        Assert.False(after.IsRelaxed);
        Assert.Null(after.Current);
    }

    [Fact]
    public void The_tail_ends_to_the_millisecond()
    {
        var state = MaintenanceState.Quiet.On(Read("MIGRATING 1"), Now, Settings).On(Read("MIGRATED 2"), Now + 500, Settings);

        Assert.True(state.Tick(Now + 10_499).IsRelaxed);
        Assert.Equal(MaintenanceKind.Migrating, state.Tick(Now + 10_499).Current);
        Assert.False(state.Tick(Now + 10_500).IsRelaxed);
    }

    // E43
    [Fact]
    public void A_migration_that_ends_does_not_end_the_move()
    {
        var state = new[] { "MOVING 1 15", "MIGRATING 2", "MIGRATED 3" }.Aggregate(MaintenanceState.Quiet, (state, text) => state.On(Read(text), Now, Settings));
        Assert.Equal(MaintenanceKind.Moving, state.Current);

        state = state.OnMoved(Read("MOVING 1 15"), Now, Now + 1000, Settings);
        Assert.Equal("t", Describe(state));
        Assert.False(state.Tick(Now + 11_000).IsRelaxed);
    }

    // Found here: the end of the first of two moves ended the relaxation for the second.
    [Fact]
    public void A_connection_that_has_moved_ends_its_own_move_and_no_later_one()
    {
        var state = MaintenanceState.Quiet.On(Read("MOVING 1 15"), Now, Settings).On(Read("MOVING 2 30"), Now, Settings);

        state = state.OnMoved(Read("MOVING 1 15"), Now, Now, Settings);
        Assert.Equal("Moving2", Describe(state));
        state = state.OnMoved(Read("MOVING 2 30"), Now, Now, Settings);
        Assert.Equal("t", Describe(state));
    }

    [Fact]
    public void Moving_with_no_window_open_begins_no_tail() =>
        Assert.False(MaintenanceState.Quiet.OnMoved(Read("MOVING 1 15"), Now, Now, Settings).IsRelaxed);

    // Hard case 22, F49: forgotten after its window and two minutes, for a counter may begin again.
    [Fact]
    public void A_number_that_comes_again_much_later_is_a_fresh_event()
    {
        var state = MaintenanceState.Quiet.On(Read("MIGRATING 1"), Now, Settings).On(Read("MIGRATED 2"), Now, Settings);

        Assert.True(state.Tick(Now + 119_999).HasSeen(Read("MIGRATING 1")));
        var later = state.Tick(Now + 120_000);
        Assert.False(later.HasSeen(Read("MIGRATING 1")));
        Assert.Equal("Migrating1", Describe(later.On(Read("MIGRATING 1"), Now + 120_000, Settings)));
    }

    // F49: the same number to another place is another event.
    [Fact]
    public void A_number_counts_with_its_place()
    {
        var moving = Read("MOVING 1 15");
        var state = MaintenanceState.Quiet.On(moving, Now, Settings);

        Assert.True(state.HasSeen(moving));
        Assert.False(state.HasSeen(moving with { Target = new MovingAddress("10.0.0.9", 6379) }));
    }

    [Fact]
    public void A_server_that_never_stops_opening_windows_fills_no_memory()
    {
        var state = MaintenanceState.Quiet;
        for (var sequence = 0; sequence < 5000; sequence++)
        {
            state = state.On(Read($"MIGRATING {sequence}"), Now, Settings);
        }

        Assert.InRange(state.Windows.Length, 1, 128);
        Assert.InRange(state.Seen.Length, 1, 1024);
    }

    [Fact]
    public void Quiet_costs_nothing() => Assert.Same(MaintenanceState.Quiet, MaintenanceState.Quiet.Tick(Now));

    /// <summary><c>NAME sequence|? [seconds]</c>, for shard 1 where the type names shards.</summary>
    internal static ReceivedNotification Read(string text)
    {
        var words = text.Split(' ');
        var kind = MaintenanceNotificationNames.Find(Encoding.ASCII.GetBytes(words[0])) ?? throw new ArgumentException(text);
        int[]? shards = words[0][0] == 'S' || words[0] == "MOVING" ? null : [1];
        return new ReceivedNotification(kind, words[1] == "?" ? null : long.Parse(words[1]), words.Length > 2 ? long.Parse(words[2]) : null, null, shards);
    }

    internal static string Describe(MaintenanceState state) =>
        string.Join(' ', state.Windows.Select(static window => $"{window.Kind}{window.Sequence}").Append(state.TailUntilMs >= 0 ? "t" : "")).Trim();
}

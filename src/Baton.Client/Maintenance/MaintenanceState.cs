using System.Collections.Immutable;
using Baton.Protocol.Maintenance;

namespace Baton.Client;

/// <summary>
/// What maintenance a client knows of, from the notifications of all its connections. Immutable and pure: a notification or the clock gives the
/// next state. It decides the limits; which connection moves is decided by the connection's own MOVING.
/// </summary>
/// <remarks>
/// <code>
/// heard                      window of its kind            limits
/// opener, new                opens (or stands beside)      relaxed from now on
/// opener, seen before        stays                         unchanged
/// opener, its closer seen    none (it was overtaken)       relaxed for the tail, when no other is open
/// closer                     its pair, else the oldest     relaxed for the tail, when it was the last
/// closer without a window    none                          unchanged (a completion retained by the server)
/// time beyond the window     ends                          back to normal: there was no word, so there is no tail
/// </code>
/// </remarks>
internal sealed record MaintenanceState
{
    /// <summary>How much longer than announced a MOVING window lasts: servers close a little late.</summary>
    private const long MovingSlackMs = 2_000;

    /// <summary>How long copies of a notification may straggle in.</summary>
    private const long RememberMs = 120_000;

    /// <summary>More open windows than any server has operations; the oldest goes.</summary>
    private const int MostWindows = 128;

    /// <summary>More than any honest server says within the time copies are remembered; the oldest goes.</summary>
    private const int MostSeen = 1024;

    /// <summary>Nothing is under way.</summary>
    public static MaintenanceState Quiet { get; } = new();

    /// <summary>Open windows, oldest first.</summary>
    public ImmutableArray<MaintenanceWindow> Windows { get; private init; } = [];

    /// <summary>What was heard lately.</summary>
    public ImmutableArray<SeenNotification> Seen { get; private init; } = [];

    /// <summary>Until when the limits are relaxed after a window's end; -1 for not.</summary>
    public long TailUntilMs { get; private init; } = -1;

    /// <summary>Commands that began at or before this moment keep the relaxed limit; -1 when there was never a maintenance.</summary>
    public long RelaxedForMs { get; private init; } = -1;

    /// <summary>The maintenance under way (the newest window's, MOVING before others), or whose tail it is; null for none.</summary>
    public MaintenanceKind? Current { get; private init; }

    /// <summary>True while commands that begin now have the relaxed limit.</summary>
    public bool IsRelaxed => Windows.Length > 0 || TailUntilMs >= 0;

    /// <summary>True when this very notification was acted on, here or on another connection.</summary>
    public bool HasSeen(ReceivedNotification notification) =>
        notification.Sequence is { } sequence
        && Seen.Any(seen => seen.Kind == notification.Kind && seen.Sequence == sequence && seen.Target == notification.Target);

    /// <summary>A notification came.</summary>
    public MaintenanceState On(ReceivedNotification notification, long nowMs, MaintenanceSettings settings)
    {
        if (HasSeen(notification))
        {
            return Tick(nowMs);
        }

        var state = (notification.Kind switch
        {
            MaintenanceNotificationKind.Moving => Open(MaintenanceKind.Moving, notification, nowMs, (Seconds(notification) * 1000) + MovingSlackMs),
            MaintenanceNotificationKind.Migrating => OpenCapped(MaintenanceKind.Migrating, notification, nowMs, settings),
            MaintenanceNotificationKind.FailingOver => OpenCapped(MaintenanceKind.FailingOver, notification, nowMs, settings),
            MaintenanceNotificationKind.SlotsMigrating => OpenCapped(MaintenanceKind.SlotsMigrating, notification, nowMs, settings),
            MaintenanceNotificationKind.SlotsMigrated => CloseWindow(MaintenanceKind.SlotsMigrating, notification, nowMs, settings),
            MaintenanceNotificationKind.Migrated => CloseWindow(MaintenanceKind.Migrating, notification, nowMs, settings),
            MaintenanceNotificationKind.FailedOver => CloseWindow(MaintenanceKind.FailingOver, notification, nowMs, settings),
            _ => this,
        }).Remember(notification, nowMs);
        return state.Tick(nowMs);
    }

    /// <summary>
    /// A connection has moved as MOVING told it: nothing of the old place is to be expected any more. What was announced later than that goes on.
    /// </summary>
    public MaintenanceState OnMoved(ReceivedNotification moving, long heardMs, long nowMs, MaintenanceSettings settings)
    {
        var left = Windows.RemoveAll(window =>
            window.Kind == MaintenanceKind.Moving && window.OpenedMs <= heardMs && window.Sequence <= (moving.Sequence ?? long.MaxValue));
        return (this with { Windows = left }).BeginTail(nowMs, settings, left.Length < Windows.Length).Tick(nowMs);
    }

    /// <summary>Time passed.</summary>
    public MaintenanceState Tick(long nowMs)
    {
        if (!IsRelaxed && Current is null && Seen.IsEmpty)
        {
            return this;
        }

        var open = Windows.Any(window => nowMs >= window.EndsMs) ? Windows.RemoveAll(window => nowMs >= window.EndsMs) : Windows;
        var tail = TailUntilMs >= 0 && nowMs >= TailUntilMs ? -1 : TailUntilMs;
        var seen = Seen.Any(item => nowMs >= item.UntilMs) ? Seen.RemoveAll(item => nowMs >= item.UntilMs) : Seen;
        var relaxed = open.Length > 0 || tail >= 0;
        return this with
        {
            Windows = open,
            TailUntilMs = tail,
            Seen = seen,
            RelaxedForMs = relaxed ? nowMs : RelaxedForMs,
            Current = !relaxed ? null : open.Length == 0 ? Current : Newest(open),
        };
    }

    private static MaintenanceKind Newest(ImmutableArray<MaintenanceWindow> open) =>
        open.Any(static window => window.Kind == MaintenanceKind.Moving) ? MaintenanceKind.Moving : open[^1].Kind;

    /// <summary>What is said, from nothing (missing, negative) to a day: a number beyond is a slip of units.</summary>
    private static long Seconds(ReceivedNotification notification) => Math.Clamp(notification.Seconds ?? 0, 0, 86_400);

    private MaintenanceState OpenCapped(MaintenanceKind kind, ReceivedNotification notification, long nowMs, MaintenanceSettings settings) =>
        IsOvertaken(notification)
            ? BeginTail(nowMs, settings, true)
            : Open(kind, notification, nowMs, Math.Max(settings.LongestWindowMs, Seconds(notification) * 1000));

    /// <summary>
    /// True when the closer for the same shards came before this opener: another connection, which joined late, had only the closer. Without
    /// shards nobody can tell whose closer it was.
    /// </summary>
    private bool IsOvertaken(ReceivedNotification opener) =>
        opener.ShardIds is { } shards && Seen.Any(seen =>
            seen.Sequence > opener.Sequence && seen.ShardIds?.SequenceEqual(shards) == true
            && seen.Kind == (opener.Kind == MaintenanceNotificationKind.Migrating
                ? MaintenanceNotificationKind.Migrated : MaintenanceNotificationKind.FailedOver));

    private MaintenanceState Open(MaintenanceKind kind, ReceivedNotification notification, long nowMs, long lengthMs)
    {
        var windows = Windows.Length >= MostWindows ? Windows.RemoveAt(0) : Windows;
        return this with
        {
            Windows = windows.Add(new MaintenanceWindow(kind, notification.Sequence ?? -1, notification.ShardIds, nowMs, nowMs + lengthMs)),
            RelaxedForMs = nowMs,
        };
    }

    private MaintenanceState CloseWindow(MaintenanceKind kind, ReceivedNotification notification, long nowMs, MaintenanceSettings settings)
    {
        // Opener and closer are usually consecutive, but need not be. They name the same shards, and then everything older about these is over.
        var own = Windows.RemoveAll(window => window.Kind != kind || !window.CanBeClosedBy(notification));
        var closed = own.RemoveAll(window => window.ShardIds is null || notification.ShardIds is null);
        if (closed.IsEmpty && (own.LastOrDefault(window => window.Sequence == notification.Sequence - 1) ?? own.FirstOrDefault()) is { } one)
        {
            closed = [one];
        }

        return closed.IsEmpty ? this : (this with { Windows = Windows.RemoveRange(closed) }).BeginTail(nowMs, settings, true);
    }

    private MaintenanceState BeginTail(long nowMs, MaintenanceSettings settings, bool closed) =>
        !closed || Windows.Length > 0
            ? this
            : this with { TailUntilMs = Math.Max(TailUntilMs, nowMs + settings.TailMs), RelaxedForMs = nowMs };

    private MaintenanceState Remember(ReceivedNotification notification, long nowMs)
    {
        if (notification.Sequence is not { } sequence)
        {
            return this;
        }

        var until = nowMs + Math.Max(RememberMs, Seconds(notification) * 1000);
        var seen = Seen.Length >= MostSeen ? Seen.RemoveAt(0) : Seen;
        return this with { Seen = seen.Add(new SeenNotification(notification.Kind, sequence, notification.Target, notification.ShardIds, until)) };
    }
}

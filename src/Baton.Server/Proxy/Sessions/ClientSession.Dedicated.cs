using System.Diagnostics.CodeAnalysis;
using Baton.Protocol.Subscriptions;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <content>State that needs an upstream link of its own: WATCH, blocking commands, subscriptions, MONITOR; and the open transaction.</content>
internal sealed partial class ClientSession
{
    private Transaction? _transaction;
    private WatchedKeys? _watch;
    private IBlockedCommand? _blocked;
    private Subscriptions? _subscriptions;
    private Monitoring? _monitor;
    private Tracking? _tracking;
    private LinkLease? _lease;
    private ShardLink? _leased;
    private string? _leaseError;
    private bool _holdPushes;

    /// <summary>The open MULTI, or null.</summary>
    public Transaction? Transaction
    {
        get => _transaction;
        set => _transaction = value;
    }

    /// <summary>The live WATCH, or null.</summary>
    public WatchedKeys? Watch
    {
        get => _watch;
        set => _watch = value;
    }

    /// <summary>Its subscriptions, or null when it never had any.</summary>
    public Subscriptions? Subscriptions
    {
        get => _subscriptions;
        set => _subscriptions = value;
    }

    /// <summary>MONITOR, or null.</summary>
    public Monitoring? Monitor
    {
        get => _monitor;
        set => _monitor = value;
    }

    /// <summary>CLIENT TRACKING, or null while it is off.</summary>
    public Tracking? Tracking
    {
        get => _tracking;
        set => _tracking = value;
    }

    /// <summary>The REDIRECT of a CLIENT TRACKING that is under way, or null.</summary>
    public TrackingTarget? TrackingTarget { get; set; }

    /// <summary>A blocking command waits.</summary>
    public bool IsBlocked => _blocked is not null;

    /// <summary>MONITOR is on.</summary>
    public bool IsMonitor => _monitor is { IsOn: true };

    /// <summary>It has subscriptions of any kind.</summary>
    public bool IsSubscriber => _subscriptions is { Total: > 0 };

    /// <summary>A RESP2 connection with subscriptions takes few commands.</summary>
    public bool IsSubscribedInResp2 => State.Protocol == 2 && IsSubscriber;

    /// <summary>Subscribed channels.</summary>
    public int ChannelCount => _subscriptions?.Count(SubscriptionKind.Channel) ?? 0;

    /// <summary>Subscribed patterns.</summary>
    public int PatternCount => _subscriptions?.Count(SubscriptionKind.Pattern) ?? 0;

    /// <summary>Subscribed sharded channels.</summary>
    public int ShardChannelCount => _subscriptions?.Count(SubscriptionKind.Sharded) ?? 0;

    /// <summary>Commands queued in MULTI; -1 outside.</summary>
    public int QueuedCommands => _transaction?.Queued ?? -1;

    /// <summary>Bytes queued in MULTI.</summary>
    public long QueuedBytes => _transaction?.Bytes ?? 0;

    /// <summary>Keys watched.</summary>
    public int WatchedKeys => _watch?.Count ?? 0;

    /// <summary>The open transaction is over, one way or the other.</summary>
    public void EndTransaction()
    {
        _transaction?.Release();
        _transaction = null;
    }

    /// <summary>The keys are watched no more; the link, which still watches, is closed.</summary>
    public void DropWatch()
    {
        _watch?.Drop(clean: false);
        _watch = null;
    }

    /// <summary>Sends a gathered transaction; EXEC's reply takes its place in the order.</summary>
    public void SendTransaction(LoopShard shard, Transaction transaction)
    {
        ReadOnlySpan<byte> exec = "*1\r\n$4\r\nEXEC\r\n"u8;
        int bytes = (int)Math.Min(int.MaxValue, transaction.Bytes + exec.Length);
        IUpstream upstream = BeginSend(shard);
        upstream.Send(transaction.Commands, DiscardSink.Instance, transaction.Count + 1);
        StreamSlot slot = SlotBehind(upstream.TailSink);
        slot.Expect(bytes);
        upstream.Send(exec, slot);
        if (_watch is { } watch)
        {
            // Later commands go over the shared link again; they must not overtake the transaction.
            watch.IsEnding = true;
            _wait |= SessionWait.Barrier;
        }
    }

    /// <summary>
    /// A dedicated link to a shard, ready to use. False: <paramref name="outcome"/> is what the command's handler returns; it is
    /// called again when
    /// the link is there.
    /// </summary>
    public bool TryTakeLink(LoopShard shard, [NotNullWhen(true)] out ShardLink? link, out CommandOutcome outcome) =>
        TryTakeLink(shard, State.Protocol, State.Database, out link, out outcome);

    /// <inheritdoc cref="TryTakeLink(LoopShard, out ShardLink?, out CommandOutcome)"/>
    public bool TryTakeLink(LoopShard shard, int protocol, int database, [NotNullWhen(true)] out ShardLink? link, out CommandOutcome outcome)
    {
        outcome = CommandOutcome.Done;
        link = _leased;
        _leased = null;
        if (link is { State: LinkState.Ready } && link.Target == shard.Target && link.Protocol == protocol && link.Database == database)
        {
            return true;
        }

        if (link is not null)
        {
            link.Shard.Dedicated.Return(link, clean: true);
            link = null;
        }

        if (_leaseError is { } error)
        {
            _leaseError = null;
            Error(error);
            return false;
        }

        _wait |= SessionWait.Link;
        outcome = CommandOutcome.Wait;
        _lease = new LinkLease(shard, protocol, database, OnLease);
        _lease.Start();
        return false;
    }

    /// <summary>CLIENT TRACKING is over: commands take the shared way again. Nothing may be unanswered.</summary>
    public void EndTracking()
    {
        if (_tracking is { } tracking)
        {
            if (_watch is { IsLost: false, IsLent: true } watch)
            {
                if (tracking.TryGiveBack(watch.Shard))
                {
                    watch.IsLent = false;
                }
                else
                {
                    watch.Lose();
                }
            }

            _tracking = null;
            tracking.Close();
        }
    }

    /// <summary>RESET: as after the accept.</summary>
    public void ResetState()
    {
        EndTransaction();
        DropWatch();
        _subscriptions?.Close();
        _subscriptions = null;
        _monitor?.Close();
        _monitor = null;
        EndTracking();
        SetOptIn(null);
        State.ReplyMode = ReplyMode.On;
        State.Protocol = 2;
        State.Database = 0;
        State.Name = "";
        SetAuthenticated(Database.Route.Password is null);
    }

    /// <summary>A blocking command has been sent; nothing else is taken until it is over.</summary>
    public void BeginBlocked(IBlockedCommand call)
    {
        _blocked = call;
        _wait |= SessionWait.Blocked;
    }

    /// <summary>The blocking command is answered.</summary>
    public void EndBlocked()
    {
        _blocked = null;
        if (!_ended)
        {
            Resume(SessionWait.Blocked);
        }
    }

    /// <summary>CLIENT UNBLOCK by another client; false when it is not blocked.</summary>
    public bool Unblock(bool withError) => _blocked?.Unblock(withError) == true;

    /// <summary>The blocking command it waits in, if it does, is answered as if its time were over.</summary>
    public void LetBlockedGo() => _blocked?.LetGo();

    /// <summary>While a subscription changes, messages wait behind its confirmation.</summary>
    public void HoldPushes(bool hold)
    {
        _holdPushes = hold;
        if (!hold)
        {
            FlushPushes();
        }
    }

    private void OnLease(ShardLink? link, string error)
    {
        _lease = null;
        if (link is null)
        {
            _leaseError = error;
        }
        else
        {
            _leased = link;
            link.Owner = link.Shard.Dedicated;
        }

        Resume(SessionWait.Link);
    }

    private void ReleaseEndedWatch()
    {
        if (_watch is { IsEnding: true } watch)
        {
            _watch = null;
            watch.Drop(clean: true);
        }
    }

    private void DropDedicated()
    {
        EndTransaction();
        DropWatch();
        _lease?.Cancel();
        _lease = null;
        _leased?.Shard.Dedicated.Return(_leased, clean: true);
        _leased = null;
        _blocked?.Abandon();
        _blocked = null;
        _subscriptions?.Close();
        _monitor?.Close();
        EndTracking();
    }
}

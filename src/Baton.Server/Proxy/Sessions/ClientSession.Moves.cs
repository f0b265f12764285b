using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Holds;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <content>What waits while a shard moves: for the hold, for the session's own state on the shard, for keys that somebody else claims.</content>
internal sealed partial class ClientSession
{
    /// <summary>The shard takes none of the session's commands now: it is held, or what the session has there has not come over yet.</summary>
    public bool MustWait(LoopShard shard) => shard.Hold is not null || PassengerBehind(shard) is not null;

    /// <summary>
    /// Waits until <see cref="MustWait"/> is false; the command stays in the input. What of the session's own is behind comes over now, before its turn.
    /// </summary>
    public CommandOutcome Park(LoopShard shard)
    {
        if (shard.Hold is { } hold)
        {
            hold.Park(this);
        }
        else
        {
            PassengerBehind(shard)!.OnSwitch(shard, Unpark);
        }

        return WaitFor(SessionWait.Hold);
    }

    /// <summary>
    /// The command would write a key (or wait for one) on which the WATCH or the blocking command of a session is still on the old master. Then it waits until
    /// none is, and true is returned: the handler returns <see cref="CommandOutcome.Wait"/>.
    /// </summary>
    public bool WaitsForClaims(LoopShard shard, CommandFrame command)
    {
        KeyClaims claims = shard.AllLoops.Claims;
        return claims.AnyBehind && WaitsForClaims(claims, NamedKeys.Of(State.Database, command));
    }

    /// <summary>The same of a command to all shards.</summary>
    public bool WaitsForClaimsOnAny(CommandFrame command)
    {
        foreach (LoopShard shard in Database.Shards)
        {
            if (WaitsForClaims(shard, command))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The same of a gathered transaction.</summary>
    public bool WaitsForClaims(LoopShard shard, Transaction transaction)
    {
        KeyClaims claims = shard.AllLoops.Claims;
        return claims.AnyBehind && WaitsForClaims(claims, transaction.NamedKeys(State.Database));
    }

    private bool WaitsForClaims(KeyClaims claims, NamedKeys written)
    {
        void Resume() => Loop.Io.Post(Unpark);
        bool waits = written.UnknownBy is not null ? claims.MustWaitForAll(Resume) : written.Keys.Exists(key => claims.MustWait(key, Resume));
        if (waits)
        {
            WaitFor(SessionWait.Hold);
        }

        return waits;
    }

    private IShardPassenger? PassengerBehind(LoopShard shard) =>
        _tracking is { IsOn: true } tracking ? tracking.BehindOn(shard)
        : _watch is { IsBehind: true } watch && watch.Shard == shard ? watch
        : null;
}

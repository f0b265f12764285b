using Baton.Cluster.Model;
using Baton.Cluster.Operations;
using Baton.Cluster.Requests;
using Baton.Server.Store;

namespace Baton.Server.Control;

/// <summary>
/// Saving, and what becomes of events while the state cannot be saved. The databases are served as before: their commands need no save.
/// <code>
/// event                                              while saves fail
/// a request                                          tried once; refused (store_unavailable), and nothing is changed
/// a start, and what a start would find out again     goes on unsaved: what died is started again, listeners open
/// anything else                                      waits, everything behind it too, and is tried again after pauses that grow
///   among it the commit of a switch                  commands of that shard are held until then; ShardSwitch says so
/// a probe of the store                               fails
/// full shards                                        published
/// a copy's progress, a bloated shard                 forgotten: there will be more
/// </code>
/// </summary>
public sealed partial class ClusterController
{
    /// <summary>Events that wait for a save, the one whose save failed first.</summary>
    private readonly Queue<ControlMessage> _waiting = new();

    private async Task TakeAllAsync()
    {
        Task<bool>? more = null;
        while (true)
        {
            while (_queue.Reader.TryRead(out ControlMessage? message))
            {
                await TakeAsync(message).ConfigureAwait(false);
            }

            more ??= _queue.Reader.WaitToReadAsync(_stopping.Token).AsTask();
            if (_trouble.Alarm is not null)
            {
                await PauseAsync(more).ConfigureAwait(false);
                await TryAgainAsync(onlyWhenDue: true).ConfigureAwait(false);
                if (!more.IsCompleted)
                {
                    continue;
                }
            }

            if (!await more.ConfigureAwait(false))
            {
                return;
            }

            more = null;
        }
    }

    private async Task TakeAsync(ControlMessage message)
    {
        if (message.Event is Requested)
        {
            await TryAgainAsync(onlyWhenDue: false).ConfigureAwait(false); // Who mended the disk need not wait for the pause.
        }

        if (message.Event is null || _waiting.Count == 0)
        {
            if (!await ProcessAsync(message).ConfigureAwait(false))
            {
                _waiting.Enqueue(message);
            }
        }
        else if (message.Event is Requested)
        {
            message.Done?.TrySetResult(_trouble.Refusal);
        }
        else if (message.Event is not (MoveProgressed or ShardBloated))
        {
            _waiting.Enqueue(message);
        }
    }

    private async Task PauseAsync(Task<bool> more)
    {
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        await Task.WhenAny(more, Task.Delay(_trouble.Pause, _parts.Time, over.Token)).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
    }

    /// <summary>Saves what waits, in order; where nothing does, the state as it is.</summary>
    private async Task TryAgainAsync(bool onlyWhenDue)
    {
        if (_trouble.Alarm is null || (onlyWhenDue && _trouble.Pause > TimeSpan.Zero))
        {
            return;
        }

        while (_waiting.TryPeek(out ControlMessage? next))
        {
            if (!await ProcessAsync(next).ConfigureAwait(false))
            {
                return;
            }

            _waiting.Dequeue();
        }

        if (_trouble.Alarm is not null)
        {
            await TrySaveAsync(_state).ConfigureAwait(false);
        }
    }

    /// <summary>Saves the state an event leads to. True when it is saved, or need not be to be acted on.</summary>
    private async Task<bool> MayGoOnAsync(ClusterEvent happened, ClusterState next)
    {
        bool needed = happened is not ControllerStarted && StateEssence.Differs(_state, next);
        return needed || _trouble.Alarm is null ? await TrySaveAsync(next).ConfigureAwait(false) || !needed : true;
    }

    private async Task<bool> TrySaveAsync(ClusterState state)
    {
        try
        {
            await _parts.Store.SaveAsync(state).ConfigureAwait(false);
            _trouble.End();
            return true;
        }
        catch (StoreException e)
        {
            _trouble.Note(e);
            return false;
        }
    }

    /// <summary>What is no event: a probe of the store, or which shards are full.</summary>
    private async Task TakeAsideAsync(ControlMessage message)
    {
        if (message.Done is null)
        {
            _full = message.Full ?? _full;
            await PublishAsync().ConfigureAwait(false);
            return;
        }

        try
        {
            if (_trouble.Alarm is { } alarm)
            {
                throw new StoreException(alarm.Reason);
            }

            await _parts.Store.ProbeAsync().ConfigureAwait(false);
            message.Done.TrySetResult(null);
        }
        catch (StoreException e)
        {
            message.Done.TrySetException(e); // Nothing was to be stored, so nothing has to wait.
        }
    }
}

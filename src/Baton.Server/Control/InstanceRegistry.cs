using System.Collections.Concurrent;
using Baton.Server.Engines;
using Baton.Server.Proxy;

namespace Baton.Server.Control;

/// <summary>The running engine instances of this process, by id. Thread-safe.</summary>
internal sealed class InstanceRegistry
{
    private readonly ConcurrentDictionary<long, InstanceSlot> _slots = new();

    /// <summary>The instance, or null while it does not run.</summary>
    public IShardEngine? Find(long instanceId) => _slots.TryGetValue(instanceId, out InstanceSlot? slot) ? slot.Engine : null;

    /// <summary>The instance.</summary>
    /// <exception cref="EngineException">It does not run.</exception>
    public IShardEngine Get(long instanceId) => Find(instanceId) ?? throw new EngineException($"Instance {instanceId} does not run.");

    /// <summary>Where an instance is or was last reached; null = never started.</summary>
    public ShardTarget? TargetOf(long instanceId) => _slots.TryGetValue(instanceId, out InstanceSlot? slot) ? slot.Target : null;

    /// <summary>The place of an instance, made when there is none.</summary>
    public InstanceSlot SlotOf(long instanceId) => _slots.GetOrAdd(instanceId, _ => new InstanceSlot());

    /// <summary>The place of an instance, or null when there is none.</summary>
    public InstanceSlot? FindSlot(long instanceId) => _slots.GetValueOrDefault(instanceId);

    /// <summary>Forgets an instance.</summary>
    public void Remove(long instanceId) => _slots.TryRemove(instanceId, out _);

    /// <summary>All places.</summary>
    public IReadOnlyList<InstanceSlot> All => [.. _slots.Values];
}

/// <summary>The place of one instance. What starts and stops it takes turns through <see cref="Turn"/>.</summary>
internal sealed class InstanceSlot
{
    private int _follows;
    private (TimeSpan Used, long At)? _work;
    private int _givenUp;
    private long _givenUpAt;

    /// <summary>Held while the instance is started or stopped.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Held while an order to follow or to be master is given, so that the last one given is the last one taken.</summary>
    public SemaphoreSlim Role { get; } = new(1, 1);

    /// <summary>The furthest replication offset it was seen to have since it is up; -1 = never seen.</summary>
    public long SeenOffset { get; private set; } = -1;

    /// <summary>When it last gave a sign of life, as a timestamp.</summary>
    public long SeenAt { get; private set; }

    /// <summary>Since when it has answered each time it was asked; null = it did not answer when it was asked last.</summary>
    public long? AnsweringSince { get; private set; }

    /// <summary>It was told to end because it did not answer.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Cancelled when the instance shall stop: ends a start or a first copy under way.</summary>
    public CancellationTokenSource Stopping { get; } = new();

    /// <summary>The instance, while it runs.</summary>
    public IShardEngine? Engine { get; private set; }

    /// <summary>Where it is reached; stays while it is started again.</summary>
    public ShardTarget? Target { get; private set; }

    /// <summary>Counts orders to follow a master: only the latest one reports.</summary>
    public int NextFollow() => Interlocked.Increment(ref _follows);

    /// <summary>True while no later order to follow was given.</summary>
    public bool IsLatestFollow(int follow) => Volatile.Read(ref _follows) == follow;

    /// <summary>It answered.</summary>
    public void NoteSeen(long offset, long timestamp)
    {
        (SeenOffset, SeenAt) = (Math.Max(SeenOffset, offset), timestamp);
        AnsweringSince ??= timestamp;
        _work = null;
    }

    /// <summary>It did not answer; that it has worked for half of the time since the last look is a sign of life, where that is wanted.</summary>
    public void NoteUnanswered(TimeSpan? processorTime, bool countsWork, TimeProvider time)
    {
        long now = time.GetTimestamp();
        AnsweringSince = null;
        if (countsWork && processorTime is { } used && _work is { } before && used - before.Used >= time.GetElapsedTime(before.At, now) / 2)
        {
            SeenAt = now;
        }

        _work = processorTime is { } known ? (known, now) : null;
    }

    /// <summary>Its silent connections were given up.</summary>
    public void NoteGivenUp(long timestamp) => (_givenUp, _givenUpAt) = (_givenUp + 1, timestamp);

    /// <summary>How often that was, in a row; once a client has heard something after it, it is forgotten.</summary>
    public int GivenUpSince(TimeSpan heardAgo, TimeProvider time)
    {
        if (_givenUp > 0 && heardAgo < time.GetElapsedTime(_givenUpAt))
        {
            _givenUp = 0;
        }

        return _givenUp;
    }

    /// <summary>The instance is up.</summary>
    public void Set(IShardEngine engine, long timestamp)
    {
        (SeenOffset, SeenAt, AnsweringSince, IsEnding, _givenUp, _work) = (-1, timestamp, timestamp, false, 0, null);
        Engine = engine;
        Target = new ShardTarget(engine.Spec.InstanceId, engine.Address, engine.Spec.Secret, engine.Capabilities);
    }

    /// <summary>The instance is gone.</summary>
    public void Clear() => Engine = null;
}

namespace Baton.Client;

/// <summary>
/// One connection's subscriptions: what was asked for and what is confirmed. Guarded by the hub, but for <see cref="Flush"/>, which sends and is
/// called without the hub's lock.
/// </summary>
internal sealed class SubscriberSession(RedisConnection connection, CoarseClock clock, Action<SubscriberSession, SubscriberCommand> answered)
{
    /// <summary>Names in one SUBSCRIBE, so that a server is not held up by one command.</summary>
    private const int MostNames = 256;

    private readonly Dictionary<Topic, Link> _links = [];
    private readonly Queue<SubscriberCommand> _unsent = new();
    private readonly Lock _unsentGate = new();
    private readonly Lock _sending = new();
    private TaskCompletionSource? _allConfirmed;
    private Exception? _failure;

    /// <summary>Its connection.</summary>
    public RedisConnection Connection { get; } = connection;

    /// <summary>What the connection sends.</summary>
    public Outbox Outbox { get; } = new(long.MaxValue);

    /// <summary>Topics whose confirmation is awaited.</summary>
    public int Awaited { get; private set; }

    /// <summary>Topics the server delivers.</summary>
    public IEnumerable<Topic> Confirmed => _links.Where(static pair => pair.Value.IsConfirmed).Select(static pair => pair.Key);

    /// <summary>True when the server delivers it.</summary>
    public bool IsConfirmed(Topic topic) => _links.TryGetValue(topic, out var link) && link.IsConfirmed;

    /// <summary>True when the server owes a word about it.</summary>
    public bool Knows(Topic topic) => _links.ContainsKey(topic);

    /// <summary>Asks for topics.</summary>
    public void Subscribe(IEnumerable<Topic> topics)
    {
        foreach (var chunk in topics.GroupBy(static topic => topic.Kind).SelectMany(static kind => kind.Chunk(MostNames)))
        {
            foreach (var topic in chunk)
            {
                if (!_links.TryGetValue(topic, out var link))
                {
                    _links.Add(topic, link = new Link());
                }

                link.IsWanted = true;
                Awaited += link.Subscribes++ == 0 ? 1 : 0;
            }

            Enqueue(chunk, SubscriberFrames.Subscribe(chunk[0].Kind, chunk));
        }
    }

    /// <summary>Does not want a topic any more.</summary>
    public void Unsubscribe(Topic topic)
    {
        if (_links.TryGetValue(topic, out var link) && link.IsWanted)
        {
            link.IsWanted = false;
            link.Unsubscribes++;
            Enqueue([], SubscriberFrames.Unsubscribe(topic));
        }
    }

    /// <summary>Asks for a sign behind everything that was delivered so far.</summary>
    public SubscriberCommand Mark() => Enqueue([], SubscriberFrames.Ping);

    /// <summary>A confirmation. True when the topic is served from now on.</summary>
    public bool OnSubscribed(Topic topic)
    {
        if (!_links.TryGetValue(topic, out var link) || link.Subscribes == 0)
        {
            return false;
        }

        link.Subscribes--;
        if (link.Subscribes > 0)
        {
            return false;
        }

        CountDown();
        return link.IsWanted;
    }

    /// <summary>The server ended a subscription. True when nobody here had asked for that.</summary>
    public bool OnUnsubscribed(Topic topic)
    {
        if (!_links.TryGetValue(topic, out var link))
        {
            return false;
        }

        if (link.Unsubscribes == 0)
        {
            return link.IsConfirmed;
        }

        link.Unsubscribes--;
        if (!link.IsWanted && link.Unsubscribes == 0 && link.Subscribes == 0)
        {
            _links.Remove(topic);
        }

        return false;
    }

    /// <summary>The server answered with an error: those of the command's topics that it has not confirmed are refused.</summary>
    public List<Topic> OnRefused(SubscriberCommand command)
    {
        var refused = new List<Topic>();
        foreach (var topic in command.Topics)
        {
            if (_links.TryGetValue(topic, out var link) && link.Subscribes > 0 && --link.Subscribes == 0)
            {
                CountDown();
                if (link.Unsubscribes == 0)
                {
                    _links.Remove(topic);
                }

                if (link.IsWanted)
                {
                    link.IsWanted = false;
                    refused.Add(topic);
                }
            }
        }

        return refused;
    }

    /// <summary>Completes when no confirmation is awaited; fails when the session does.</summary>
    public Task AllConfirmedAsync()
    {
        if (_failure is not null)
        {
            return Task.FromException(_failure);
        }

        return Awaited == 0 ? Task.CompletedTask
            : (_allConfirmed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>It is of no use any more.</summary>
    public void Fail(Exception error)
    {
        _failure ??= error;
        _allConfirmed?.TrySetException(_failure);
        _allConfirmed = null;
    }

    /// <summary>Sends what was asked for, in the order it was asked for. Never under the hub's lock: sending may close the connection.</summary>
    public void Flush()
    {
        lock (_sending)
        {
            while (TryTakeUnsent(out var command))
            {
                Outbox.Append(command, command.Frame);
            }
        }
    }

    private bool TryTakeUnsent(out SubscriberCommand command)
    {
        lock (_unsentGate)
        {
            return _unsent.TryDequeue(out command!);
        }
    }

    private SubscriberCommand Enqueue(IReadOnlyList<Topic> topics, byte[] frame)
    {
        var command = new SubscriberCommand(topics, frame, clock.NowMs, command => answered(this, command));
        lock (_unsentGate)
        {
            _unsent.Enqueue(command);
        }

        return command;
    }

    private void CountDown()
    {
        if (--Awaited == 0)
        {
            _allConfirmed?.TrySetResult();
            _allConfirmed = null;
        }
    }

    /// <summary>What is under way for one topic. Requests are counted, for answers to them carry the name and nothing else.</summary>
    private sealed class Link
    {
        public int Subscribes { get; set; }

        public int Unsubscribes { get; set; }

        public bool IsWanted { get; set; }

        public bool IsConfirmed => IsWanted && Subscribes == 0;
    }
}

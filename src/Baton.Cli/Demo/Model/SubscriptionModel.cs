namespace Baton.Cli.Demo.Model;

/// <summary>
/// What one subscriber of one numbered stream must get: on each connection consecutive numbers, and over all its connections every number
/// whose publication was acknowledged. While a subscriber moves it listens on two connections; a number that comes once on each is the
/// overlap and no finding. Thread-safe.
/// </summary>
/// <param name="name">Subscriber and channel, for the texts.</param>
/// <param name="log">Where findings go.</param>
internal sealed class SubscriptionModel(string name, FindingLog log)
{
    private readonly Lock _lock = new();
    private readonly SequenceSet _received = new();
    private readonly Dictionary<int, Connection> _connections = [];

    /// <summary>How many different messages came.</summary>
    public long Count
    {
        get
        {
            lock (_lock)
            {
                return _received.Count;
            }
        }
    }

    /// <summary>A message came.</summary>
    /// <param name="connection">On which of the subscriber's connections.</param>
    /// <param name="number">The publisher's number.</param>
    /// <returns>False when it was known already (overlap, or a finding).</returns>
    public bool Received(int connection, long number)
    {
        lock (_lock)
        {
            if (!_connections.TryGetValue(connection, out var state))
            {
                _connections[connection] = state = new Connection { First = number, Last = number - 1 };
            }

            if (!state.Numbers.Add(number))
            {
                log.Report(FindingKind.Duplicated, 1, $"{name}: message {number} twice on connection {connection}");
            }
            else if (number < state.Last)
            {
                log.Report(FindingKind.OutOfOrder, 1, $"{name}: message {number} after {state.Last} on connection {connection}");
            }

            state.Last = Math.Max(state.Last, number);
            return _received.Add(number);
        }
    }

    /// <summary>
    /// Whether the old connection has delivered everything up to where the new one began, so that it may be closed without a gap.
    /// </summary>
    public bool IsCoveredBy(int oldConnection, int newConnection)
    {
        lock (_lock)
        {
            return _connections.TryGetValue(newConnection, out var newer)
                && (!_connections.TryGetValue(oldConnection, out var older) || older.Last >= newer.First - 1);
        }
    }

    /// <summary>The end: which publications were acknowledged since the subscription began.</summary>
    public void Finish(IEnumerable<long> published)
    {
        lock (_lock)
        {
            var lost = published.Where(number => !_received.Contains(number)).ToList();
            log.Report(FindingKind.Lost, lost.Count, $"{name}: {lost.Count} messages not received, first {lost.FirstOrDefault()}");
            foreach (var (id, connection) in _connections)
            {
                // A hole in the middle of one connection that the other one covered: the client was lucky, the server was wrong.
                var hole = Enumerable.Range(0, (int)(connection.Last - connection.First + 1)).Select(i => connection.First + i)
                    .Count(number => !connection.Numbers.Contains(number) && _received.Contains(number));
                log.Report(FindingKind.Lost, hole, $"{name}: connection {id} missed {hole} messages that another connection got");
            }
        }
    }

    private sealed class Connection
    {
        public long First { get; init; }

        public long Last { get; set; }

        public SequenceSet Numbers { get; } = new();
    }
}

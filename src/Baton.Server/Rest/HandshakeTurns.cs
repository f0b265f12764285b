namespace Baton.Server.Rest;

/// <summary>
/// Turns at the TLS handshake, which is what a stranger can make us do: few at the same time, so that the data path keeps the processor. Addresses
/// take turns, and of one address who came last goes first: whoever opens connections by the hundred stands before none that comes. A turn ends with
/// the handshake, or when it has lasted too long: a peer that does not answer keeps nobody waiting. Thread-safe.
/// </summary>
internal sealed class HandshakeTurns(int most, TimeSpan longest, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedList<Turn>> _waiting = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _order = new();
    private int _taken;

    /// <summary>Waits for a turn; dispose it when the handshake is over.</summary>
    public async Task<IDisposable> TakeAsync(string address, CancellationToken cancellationToken)
    {
        Turn turn = new(this, address);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(address, out LinkedList<Turn>? others))
            {
                _waiting[address] = others = new LinkedList<Turn>();
                _order.AddLast(address);
            }

            others.AddFirst(turn);
        }

        GiveOut();
        using CancellationTokenRegistration left = cancellationToken.Register(turn.GiveUp);
        await turn.Begun.Task.ConfigureAwait(false);
        return turn;
    }

    private void GiveOut()
    {
        while (TakeNext() is { } next)
        {
            next.Begin(clock, longest);
        }
    }

    private Turn? TakeNext()
    {
        lock (_gate)
        {
            if (_taken >= most || _order.First is not { } address)
            {
                return null;
            }

            Turn next = _waiting[address.Value].First!.Value;
            Remove(next);
            if (_waiting.ContainsKey(next.Address))
            {
                _order.Remove(next.Address);
                _order.AddLast(next.Address);
            }

            _taken++;
            return next;
        }
    }

    private bool Remove(Turn turn)
    {
        if (!_waiting.TryGetValue(turn.Address, out LinkedList<Turn>? others) || !others.Remove(turn))
        {
            return false;
        }

        if (others.Count == 0)
        {
            _waiting.Remove(turn.Address);
            _order.Remove(turn.Address);
        }

        return true;
    }

    private void Return()
    {
        lock (_gate)
        {
            _taken--;
        }

        GiveOut();
    }

    private sealed class Turn(HandshakeTurns owner, string address) : IDisposable
    {
        private ITimer? _limit;
        private int _isOver;

        public string Address => address;

        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Begin(TimeProvider clock, TimeSpan longest)
        {
            _limit = clock.CreateTimer(static turn => ((Turn)turn!).Dispose(), this, longest, Timeout.InfiniteTimeSpan);
            Begun.TrySetResult();
        }

        public void GiveUp()
        {
            bool wasWaiting;
            lock (owner._gate)
            {
                wasWaiting = owner.Remove(this);
            }

            if (wasWaiting)
            {
                Begun.TrySetCanceled();
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                _limit?.Dispose();
                owner.Return();
            }
        }
    }
}

namespace Baton.Server.Rest;

/// <summary>
/// The room for connections: bounded, in all and for one address, and never full for who comes. Where it would be, another connection goes: of the
/// same address, or of the one that has most. First an idle one that has shown no right password, then one that waits for its password to be checked,
/// then an idle one; of equals who has been quiet longest. Whoever has shown a right password and is being served stays. Thread-safe.
/// </summary>
internal sealed class ConnectionRoom(int most, int mostPerAddress)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Guest> _guests = new(StringComparer.Ordinal);
    private long _moment;

    /// <summary>Connections in it.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _guests.Count;
            }
        }
    }

    /// <summary>A connection comes. False: everybody in the room is known and being served; it is to be closed.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="address">See <see cref="Proxy.Io.PeerAddress"/>.</param>
    /// <param name="close">Closes it; called when another needs its place.</param>
    public bool TryEnter(string id, string address, Action close)
    {
        Guest? leaving = null;
        lock (_gate)
        {
            int ofAddress = _guests.Values.Count(guest => guest.Address == address);
            if (ofAddress >= mostPerAddress || _guests.Count >= most)
            {
                string crowded = ofAddress >= mostPerAddress ? address : _guests.Values.CountBy(guest => guest.Address).MaxBy(pair => pair.Value).Key;
                leaving = _guests.Values.Where(guest => guest.Address == crowded && !(guest.IsKnown && guest.Requests > 0))
                    .OrderBy(guest => guest.IsKnown).ThenBy(guest => guest.Requests).ThenBy(guest => guest.LastSeen).FirstOrDefault();
                if (leaving is null)
                {
                    return false;
                }

                _guests.Remove(leaving.Id);
            }

            _guests[id] = new Guest(id, address, close) { LastSeen = ++_moment };
        }

        leaving?.Close();
        return true;
    }

    /// <summary>A connection has ended.</summary>
    public void Leave(string id)
    {
        lock (_gate)
        {
            _guests.Remove(id);
        }
    }

    /// <summary>A request begins (+1) or is over (-1).</summary>
    public void NoteRequest(string id, int change)
    {
        lock (_gate)
        {
            if (_guests.TryGetValue(id, out Guest? guest))
            {
                guest.Requests += change;
                guest.LastSeen = ++_moment;
            }
        }
    }

    /// <summary>It has shown a right password, or a wrong one.</summary>
    public void NoteLogin(string id, bool isRight)
    {
        lock (_gate)
        {
            if (_guests.TryGetValue(id, out Guest? guest))
            {
                guest.IsKnown |= isRight;
                guest.Failures += isRight ? 0 : 1;
            }
        }
    }

    /// <summary>Wrong passwords on a connection.</summary>
    public int FailuresOf(string id)
    {
        lock (_gate)
        {
            return _guests.GetValueOrDefault(id)?.Failures ?? 0;
        }
    }

    private sealed class Guest(string id, string address, Action close)
    {
        public string Id => id;

        public string Address => address;

        public Action Close => close;

        public bool IsKnown { get; set; }

        public int Failures { get; set; }

        public int Requests { get; set; }

        public long LastSeen { get; set; }
    }
}

using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;

namespace Baton.TestKit.FakeEngine;

/// <summary>CLIENT TRACKING of a <see cref="FakeEngine"/>, as in Redis: invalidations go out behind the reply of the command that changed the key.</summary>
internal sealed class FakeTracking(FakeEngine engine)
{
    private readonly Dictionary<FakeConnection, Mode> _modes = [];
    private readonly List<(FakeConnection To, string? Key)> _pending = [];

    /// <summary>CLIENT TRACKING ON or OFF.</summary>
    public void Set(FakeConnection connection, string[] command)
    {
        string[] words = [.. command[2..].Select(static word => word.ToUpperInvariant())];
        if (words[0] == "OFF")
        {
            Off(connection);
        }
        else if (words.Contains("OPTIN") && words.Contains("OPTOUT"))
        {
            RespWriter.WriteError(connection.Output, "ERR You can't use both OPTIN mode and OPTOUT mode");
            return;
        }
        else
        {
            Mode before = _modes.GetValueOrDefault(connection) ?? new Mode();
            string[] prefixes = [.. Enumerable.Range(0, words.Length - 1).Where(i => words[i] == "PREFIX").Select(i => command[i + 3])];
            _modes[connection] = new Mode
            {
                OptIn = words.Contains("OPTIN"),
                OptOut = words.Contains("OPTOUT"),
                Broadcast = words.Contains("BCAST"),
                NoLoop = words.Contains("NOLOOP"),
                Prefixes = [.. before.Prefixes, .. prefixes],
                Redirect = words.Contains("REDIRECT") ? long.Parse(command[2 + Array.IndexOf(words, "REDIRECT") + 1], CultureInfo.InvariantCulture) : null,
                Keys = before.Keys,
            };
        }

        RespWriter.WriteSimple(connection.Output, "OK");
    }

    /// <summary>CLIENT CACHING.</summary>
    public void Caching(FakeConnection connection, string answer) => _modes[connection].Caching = answer;

    /// <summary>The connection ends, or tracks no more.</summary>
    public void Off(FakeConnection connection) => _modes.Remove(connection);

    /// <summary>The connections that track end, as when somebody kills them.</summary>
    public void Cut() => _modes.Keys.ToList().ForEach(static connection => connection.Cut());

    /// <summary>A connection has read a key.</summary>
    public void Read(FakeConnection connection, string key)
    {
        if (_modes.TryGetValue(connection, out Mode? mode) && !mode.Broadcast
            && (mode.OptIn ? mode.Caching == "YES" : !mode.OptOut || mode.Caching != "NO"))
        {
            mode.Keys.Add(key);
        }
    }

    /// <summary>A connection has changed a key.</summary>
    public void Changed(FakeConnection by, string key)
    {
        foreach ((FakeConnection to, Mode mode) in _modes)
        {
            bool concerned = mode.Broadcast
                ? mode.Prefixes.Count == 0 || mode.Prefixes.Exists(prefix => key.StartsWith(prefix, StringComparison.Ordinal))
                : mode.Keys.Remove(key);
            if (concerned && !(mode.NoLoop && to == by))
            {
                _pending.Add((to, key));
            }
        }
    }

    /// <summary>FLUSHALL: everything is invalid.</summary>
    public void Flushed()
    {
        foreach ((FakeConnection to, Mode mode) in _modes)
        {
            mode.Keys.Clear();
            _pending.Add((to, null));
        }
    }

    /// <summary>A command has been answered: what it invalidated is told.</summary>
    public void AfterCommand(FakeConnection connection, string name)
    {
        if (name != "CLIENT" && !connection.IsInTransaction && _modes.TryGetValue(connection, out Mode? mode))
        {
            mode.Caching = "";
        }

        foreach ((FakeConnection reader, string? key) in _pending)
        {
            FakeConnection? to = _modes.GetValueOrDefault(reader)?.Redirect is { } id ? engine.Connections.Find(each => each.Id == id) : reader;
            if (to is null)
            {
                RespWriter.WritePushHeader(reader.Output, 2, 3);
                RespWriter.WriteBulk(reader.Output, "tracking-redir-broken");
                RespWriter.WriteInteger(reader.Output, 0);
            }

            if (to is not { Protocol: 3 })
            {
                continue;
            }

            RespWriter.WritePushHeader(to.Output, 2, 3);
            RespWriter.WriteBulk(to.Output, "invalidate");
            if (key is null)
            {
                RespWriter.WriteNull(to.Output, 3);
            }
            else
            {
                RespWriter.WriteArrayHeader(to.Output, 1);
                RespWriter.WriteBulk(to.Output, Encoding.Latin1.GetBytes(key));
            }
        }

        _pending.Clear();
    }

    private sealed class Mode
    {
        public long? Redirect { get; init; }

        public bool OptIn { get; init; }

        public bool OptOut { get; init; }

        public bool Broadcast { get; init; }

        public bool NoLoop { get; init; }

        public List<string> Prefixes { get; init; } = [];

        public HashSet<string> Keys { get; init; } = [];

        public string Caching { get; set; } = "";
    }
}

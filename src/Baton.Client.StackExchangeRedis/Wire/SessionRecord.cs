using System.Collections.Immutable;
using System.Net;
using System.Text;
using Baton.Protocol.Subscriptions;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis;

/// <summary>
/// What StackExchange.Redis has told the connection: greeting, names, database, opt-in, subscriptions. Thread-safe: written on the way of the
/// commands, read by the handoff.
/// </summary>
/// <param name="form">The form to ask for, by what StackExchange.Redis asks for and the address of the connection it is asked on.</param>
internal sealed class SessionRecord(Func<EndPoint?, string?, string?> form)
{
    /// <summary>Key of the opt-in.</summary>
    public const string OptInKey = "CLIENT MAINT_NOTIFICATIONS";

    /// <summary>Key of the greeting.</summary>
    public const string HelloKey = "HELLO";

    private const string AuthKey = "AUTH";

    /// <summary>What CLIENT sets that is carried; other subcommands only ask or act.</summary>
    private static readonly string[] Carried = ["SETNAME", "SETINFO", "NO-EVICT", "NO-TOUCH", "TRACKING", "CAPA", "MAINT_NOTIFICATIONS"];

    private readonly Lock _gate = new();
    private SessionSnapshot _now = new(0, [], []);

    /// <summary>As of now.</summary>
    public SessionSnapshot Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    /// <summary>The address the commands go to at present.</summary>
    public EndPoint? Remote { get; set; }

    /// <summary>A command was written. What to send in its place; null for itself.</summary>
    public byte[]? Note(SessionWord word, byte[][] arguments)
    {
        switch (word)
        {
            case SessionWord.Hello when arguments.Length > 1:
                Put(HelloKey, arguments);
                return null;
            case SessionWord.Auth:
                PutAuth(arguments);
                return null;
            case SessionWord.Select or SessionWord.ReadOnly:
                Put(word.ToString(), arguments);
                return null;
            case SessionWord.Client when arguments.Length > 1:
                return NoteClient(Encoding.Latin1.GetString(arguments[1]).ToUpperInvariant(), arguments);
            case SessionWord.Subscribe:
                Change(set => set.Union(Named(arguments)));
                return null;
            case SessionWord.Unsubscribe:
                var kind = SubscriptionNames.KindOf(arguments[0]);
                Change(set => arguments.Length == 1 ? [.. set.Where(item => item.Kind != kind)] : set.Except(Named(arguments)));
                return null;
            default:
                return null;
        }
    }

    /// <summary>The adapter has opted in by itself.</summary>
    public void NoteOwnOptIn() => Put(OptInKey, ["CLIENT"u8.ToArray(), "MAINT_NOTIFICATIONS"u8.ToArray(), "ON"u8.ToArray()]);

    /// <summary>An entry's bytes for a connection to an address: the opt-in asks for the form that suits it.</summary>
    public byte[] Encode(SessionEntry entry, EndPoint? remote) =>
        entry.Key == OptInKey && IsOn(entry.Arguments) ? OptIn(entry.Arguments, remote) : Encode(entry.Arguments);

    private static bool IsOn(byte[][] arguments) => arguments.Length > 2 && Ascii.EqualsIgnoreCase(arguments[2], "ON"u8);

    private byte[] OptIn(byte[][] arguments, EndPoint? remote)
    {
        var asked = arguments.Length > 4 ? Encoding.Latin1.GetString(arguments[4]) : null;
        return form(remote, asked) is { } word
            ? Encode([.. arguments[..3], "moving-endpoint-type"u8.ToArray(), Encoding.Latin1.GetBytes(word)])
            : Encode(arguments[..3]);
    }

    private byte[]? NoteClient(string subcommand, byte[][] arguments)
    {
        if (!Carried.Contains(subcommand))
        {
            return null;
        }

        var isInfo = subcommand == "SETINFO" && arguments.Length > 2;
        Put(isInfo ? $"CLIENT SETINFO {Encoding.Latin1.GetString(arguments[2]).ToUpperInvariant()}" : $"CLIENT {subcommand}", arguments);
        return subcommand == "MAINT_NOTIFICATIONS" && IsOn(arguments) ? OptIn(arguments, Remote) : null;
    }

    private static IEnumerable<Subscription> Named(byte[][] arguments)
    {
        var kind = SubscriptionNames.KindOf(arguments[0]);
        return arguments.Skip(1).Select(name => new Subscription(kind, Encoding.Latin1.GetString(name)));
    }

    /// <summary>Newer credentials take the place of older ones, also of those within HELLO, and come first.</summary>
    private void PutAuth(byte[][] arguments)
    {
        lock (_gate)
        {
            var hello = _now.Entries.FirstOrDefault(entry => entry.Key == HelloKey);
            Put(AuthKey, arguments);
            var auth = _now.Entries.First(entry => entry.Key == AuthKey);
            var others = _now.Entries.Where(entry => entry.Key is not (AuthKey or HelloKey));
            _now = _now with
            {
                Entries = hello is null ? [auth, .. others] : [auth, hello with { Arguments = WithoutAuth(hello.Arguments) }, .. others],
            };
        }
    }

    private static byte[][] WithoutAuth(byte[][] hello)
    {
        var at = Array.FindIndex(hello, static argument => Ascii.EqualsIgnoreCase(argument, "AUTH"u8));
        return at < 0 ? hello : [.. hello[..at], .. hello[Math.Min(hello.Length, at + 3)..]];
    }

    private void Put(string key, byte[][] arguments)
    {
        lock (_gate)
        {
            var entry = new SessionEntry(key, arguments, _now.Version + 1);
            var at = _now.Entries.IndexOf(_now.Entries.FirstOrDefault(item => item.Key == key)!);
            _now = _now with { Version = entry.Version, Entries = at < 0 ? _now.Entries.Add(entry) : _now.Entries.SetItem(at, entry) };
        }
    }

    private void Change(Func<ImmutableHashSet<Subscription>, ImmutableHashSet<Subscription>> change)
    {
        lock (_gate)
        {
            _now = _now with { Version = _now.Version + 1, Subscriptions = change(_now.Subscriptions) };
        }
    }

    private static byte[] Encode(byte[][] arguments)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        RespWriter.WriteArrayHeader(output, arguments.Length);
        foreach (var argument in arguments)
        {
            RespWriter.WriteBulk(output, argument);
        }

        return output.WrittenSpan.ToArray();
    }
}

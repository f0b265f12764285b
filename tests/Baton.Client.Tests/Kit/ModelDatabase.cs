using System.Globalization;

namespace Baton.Client.Tests.Kit;

/// <summary>
/// A database that any number of places serve, as proxies do: greets clients, runs a handful of commands at once, and remembers every execution.
/// Thread-safe.
/// </summary>
internal sealed class ModelDatabase
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _values = [];
    private readonly List<string> _executed = [];
    private long _lastId;

    /// <summary>The reply to HELLO 3 when the server has none; null when it has.</summary>
    public string? HelloError { get; set; }

    /// <summary>The protocol HELLO 3 answers with.</summary>
    public int HelloProtocol { get; set; } = 3;

    /// <summary>The reply to the opt-in.</summary>
    public string OptInReply { get; set; } = "+OK\r\n";

    /// <summary>Frames that follow the opt-in's <c>+OK</c>: what is open at that moment.</summary>
    public Func<ServerConnection, string>? AfterOptIn { get; set; }

    /// <summary>Looked at first; null leaves the command to the database.</summary>
    public Func<ServerConnection, string[], string?>? Instead { get; set; }

    /// <summary>Ordinary commands in the order of their execution, each as one line.</summary>
    public IReadOnlyList<string> Executed
    {
        get
        {
            lock (_gate)
            {
                return [.. _executed];
            }
        }
    }

    /// <summary>From now on the place serves this database.</summary>
    public Place Serve(Place place)
    {
        place.Answer = Answer;
        return place;
    }

    private string? Answer(ServerConnection connection, string[] words)
    {
        if (connection.Place.Mode == PlaceMode.Mute)
        {
            return null;
        }

        if (Instead?.Invoke(connection, words) is { } instead)
        {
            return instead;
        }

        return words[0].ToUpperInvariant() switch
        {
            "HELLO" => Hello(connection),
            "CLIENT" => Client(connection, words),
            "AUTH" or "SELECT" => "+OK\r\n",
            "PING" => "+PONG\r\n",
            _ => Run(words),
        };
    }

    private string Hello(ServerConnection connection)
    {
        if (HelloError is not null)
        {
            return HelloError;
        }

        connection.Protocol = HelloProtocol;
        var map = HelloProtocol == 3 ? "%4" : "*8";
        return $"{map}\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.2.0\r\n$5\r\nproto\r\n:{HelloProtocol}\r\n$2\r\nid\r\n:{Interlocked.Increment(ref _lastId)}\r\n";
    }

    private string Client(ServerConnection connection, string[] words)
    {
        if (!words[1].Equals("MAINT_NOTIFICATIONS", StringComparison.OrdinalIgnoreCase))
        {
            return "+OK\r\n";
        }

        connection.HasOptedIn = OptInReply == "+OK\r\n" && connection.Protocol == 3;
        return OptInReply + (connection.HasOptedIn ? AfterOptIn?.Invoke(connection) : "");
    }

    private string Run(string[] words)
    {
        lock (_gate)
        {
            _executed.Add(string.Join(' ', words));
            switch (words[0].ToUpperInvariant())
            {
                case "INCR":
                    var number = long.Parse(_values.GetValueOrDefault(words[1], "0"), CultureInfo.InvariantCulture) + 1;
                    _values[words[1]] = number.ToString(CultureInfo.InvariantCulture);
                    return $":{number}\r\n";
                case "SET":
                    _values[words[1]] = words[2];
                    return "+OK\r\n";
                case "GET":
                    return _values.TryGetValue(words[1], out var value) ? $"${value.Length}\r\n{value}\r\n" : "_\r\n";
                case "ECHO" or "APPENDED":
                    return $"${words[1].Length}\r\n{words[1]}\r\n";
                default:
                    return $"-ERR unknown command '{words[0]}'\r\n";
            }
        }
    }
}

using System.Net;

namespace Baton.Client.Tests.PubSub;

/// <summary>A server that knows what subscribers need, and does what a test says.</summary>
internal sealed class ScriptedServer(ScriptedNetwork network, string address)
{
    private readonly List<ScriptedConnection> _connections = [];
    private readonly List<(ScriptedConnection Connection, string Frame)> _held = [];

    /// <summary>Its address.</summary>
    public IPEndPoint Address { get; } = new(IPAddress.Parse(address), ScriptedNetwork.Port);

    /// <summary>The servers' lock.</summary>
    public Lock Gate => network.Gate;

    /// <summary>Nobody listens there.</summary>
    public bool IsAway { get; set; }

    /// <summary>It has no HELLO.</summary>
    public bool SpeaksResp2 { get; set; }

    /// <summary>Confirmations of SUBSCRIBE wait for <see cref="Confirm"/>.</summary>
    public bool HoldsConfirmations { get; set; }

    /// <summary>PING is not answered on connections that are subscribed.</summary>
    public bool IgnoresPing { get; set; }

    /// <summary>What it sends waits in the connection until a test lets it through.</summary>
    public bool HoldsOutput { get; set; }

    /// <summary>The reply to a command; null for what it does by itself, empty for none.</summary>
    public Func<ScriptedConnection, string[], string?>? Answer { get; set; }

    /// <summary>Every command it got, except the handshake's.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Connections that are open.</summary>
    public ScriptedConnection[] Open
    {
        get
        {
            lock (Gate)
            {
                return [.. _connections.Where(static connection => !connection.IsClosed)];
            }
        }
    }

    /// <summary>The open connection that has subscriptions, or null.</summary>
    public ScriptedConnection? Subscriber => Open.LastOrDefault(static connection => connection.Topics.Count > 0);

    public ScriptedConnection Accept()
    {
        lock (Gate)
        {
            var connection = new ScriptedConnection(this);
            _connections.Add(connection);
            return connection;
        }
    }

    /// <summary>To everybody who is subscribed.</summary>
    public void Publish(string channel, string payload)
    {
        lock (Gate)
        {
            foreach (var connection in Open)
            {
                foreach (var topic in connection.Topics.ToArray())
                {
                    var name = topic[2..];
                    if (topic[0] == 'p' ? channel.StartsWith(name.TrimEnd('*'), StringComparison.Ordinal) : name == channel)
                    {
                        connection.Send(topic[0] switch
                        {
                            'p' => connection.Push("pmessage", name, channel, payload),
                            's' => connection.Push("smessage", channel, payload),
                            _ => connection.Push("message", channel, payload),
                        });
                    }
                }
            }
        }
    }

    /// <summary>MOVING on the connection with the subscriptions; no place when null.</summary>
    public void Move(int sequence, int seconds, string? place)
    {
        lock (Gate)
        {
            Subscriber!.Send(Moving(sequence, seconds, place));
        }
    }

    /// <summary>The bytes of MOVING.</summary>
    public static string Moving(int sequence, int seconds, string? place) =>
        $">4\r\n+MOVING\r\n:{sequence}\r\n:{seconds}\r\n" + (place is null ? "_\r\n" : $"+{place}:{ScriptedNetwork.Port}\r\n");

    /// <summary>Sends the confirmations that were held, and holds none any more.</summary>
    public void Confirm()
    {
        lock (Gate)
        {
            HoldsConfirmations = false;
            foreach (var (connection, frame) in _held)
            {
                connection.Send(frame);
            }

            _held.Clear();
        }
    }

    /// <summary>Ends every connection, or one.</summary>
    public void Cut(ScriptedConnection? one = null)
    {
        foreach (var connection in one is null ? Open : [one])
        {
            connection.End();
        }
    }

    /// <summary>A command has come; the lock is held.</summary>
    public void Handle(ScriptedConnection connection, string[] arguments)
    {
        var name = arguments[0].ToUpperInvariant();
        if (name is not ("HELLO" or "CLIENT"))
        {
            Commands.Add(string.Join(' ', arguments));
        }

        if (Answer?.Invoke(connection, arguments) is { } reply)
        {
            connection.Send(reply);
            return;
        }

        switch (name)
        {
            case "HELLO":
                connection.Send(SpeaksResp2 ? "-ERR unknown command 'HELLO'\r\n" : "%3\r\n+server\r\n+redis\r\n+proto\r\n:3\r\n+id\r\n:1\r\n");
                break;
            case "PING" when IgnoresPing && connection.Topics.Count > 0:
                break;
            case "PING":
                connection.Send(SpeaksResp2 && connection.Topics.Count > 0 ? "*2\r\n$4\r\npong\r\n$0\r\n\r\n" : "+PONG\r\n");
                break;
            case "SUBSCRIBE" or "PSUBSCRIBE" or "SSUBSCRIBE":
                Subscribe(connection, name, arguments[1..]);
                break;
            case "UNSUBSCRIBE" or "PUNSUBSCRIBE" or "SUNSUBSCRIBE":
                foreach (var topic in arguments[1..])
                {
                    connection.Topics.Remove(Kind(name) + ":" + topic);
                    connection.Send(connection.Push(name.ToLowerInvariant(), topic, connection.Topics.Count));
                }

                break;
            default:
                connection.Send("+OK\r\n");
                break;
        }
    }

    private void Subscribe(ScriptedConnection connection, string name, string[] topics)
    {
        foreach (var topic in topics)
        {
            connection.Topics.Add(Kind(name) + ":" + topic);
            var frame = connection.Push(name.ToLowerInvariant(), topic, connection.Topics.Count);
            if (HoldsConfirmations)
            {
                _held.Add((connection, frame));
            }
            else
            {
                connection.Send(frame);
            }
        }
    }

    private static char Kind(string name) => name[0] == 'P' ? 'p' : name.StartsWith("SS", StringComparison.Ordinal) || name.StartsWith("SUN", StringComparison.Ordinal) ? 's' : 'c';
}

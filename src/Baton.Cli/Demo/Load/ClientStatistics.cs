namespace Baton.Cli.Demo.Load;

/// <summary>What one kind of client did. Thread-safe.</summary>
/// <param name="client">Its name, for the rows of the report.</param>
internal sealed class ClientStatistics(string client)
{
    private long _connections;
    private long _commands;
    private long _messages;
    private long _failed;
    private long _handoffs;
    private long _unannounced;

    /// <summary>Its name.</summary>
    public string Client => client;

    /// <summary>Connections (for StackExchange.Redis: multiplexers) it runs on.</summary>
    public long Connections => Interlocked.Read(ref _connections);

    /// <summary>Commands answered.</summary>
    public long Commands => Interlocked.Read(ref _commands);

    /// <summary>Published messages received.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Commands that ended with an error or without an answer.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Connections that moved to another address.</summary>
    public long Handoffs => Interlocked.Read(ref _handoffs);

    /// <summary>Connections the server closed without MOVING, or before the announced time.</summary>
    public long UnannouncedDisconnects => Interlocked.Read(ref _unannounced);

    /// <summary>A connection was made for this row.</summary>
    public void Connected() => Interlocked.Increment(ref _connections);

    /// <summary>A command was answered.</summary>
    public void Answered() => Interlocked.Increment(ref _commands);

    /// <summary>A published message came.</summary>
    public void Received() => Interlocked.Increment(ref _messages);

    /// <summary>Commands failed.</summary>
    public void Fail(int count) => Interlocked.Add(ref _failed, count);

    /// <summary>A connection moved.</summary>
    public void HandedOff() => Interlocked.Increment(ref _handoffs);

    /// <summary>A connection was closed unannounced.</summary>
    public void Disconnected() => Interlocked.Increment(ref _unannounced);
}

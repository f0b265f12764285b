using Baton.Protocol.Commands;
using Baton.Server.Proxy.Commands;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// CLIENT PAUSE of a database, on one loop: commands (or only those that may write) wait in their sessions' input until it is over. Belongs to its
/// loop's thread.
/// </summary>
internal sealed class ClientPause(ProxyLoop loop, AllLoopsDatabase allLoops)
{
    private readonly HashSet<ClientSession> _waiting = [];
    private IDisposable? _timer;
    private long _untilMs;
    private bool _all;

    /// <summary>Some commands have to wait.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Begins one, or makes the one that is on longer and stricter, never shorter or milder.</summary>
    public void Begin(long milliseconds, bool all)
    {
        long untilMs = milliseconds > long.MaxValue - loop.Io.NowMs ? long.MaxValue : loop.Io.NowMs + milliseconds;
        _all = all || (IsOn && _all);
        _untilMs = IsOn ? Math.Max(_untilMs, untilMs) : untilMs;
        IsOn = true;
        _timer?.Dispose();
        _timer = loop.Io.At(_untilMs, End);
    }

    /// <summary>Ends it: who waited goes on.</summary>
    public void End()
    {
        IsOn = false;
        _timer?.Dispose();
        _timer = null;
        ClientSession[] waiting = [.. _waiting];
        _waiting.Clear();
        allLoops.CountBlocked(-waiting.Length);
        foreach (ClientSession session in waiting)
        {
            session.Resume(SessionWait.Paused);
        }
    }

    /// <summary>The command has to wait.</summary>
    public bool Holds(CommandFrame command, Transaction? transaction) =>
        IsOn && (_all || MayWrite(command) || (command.Entry.Info.Name == "EXEC" && transaction is { MayWrite: true }));

    /// <summary>Makes the session wait; the command stays in its input.</summary>
    public CommandOutcome Park(ClientSession session)
    {
        if (_waiting.Add(session))
        {
            allLoops.CountBlocked(1);
        }

        return session.WaitFor(SessionWait.Paused);
    }

    /// <summary>The session has ended.</summary>
    public void Forget(ClientSession session)
    {
        if (_waiting.Remove(session))
        {
            allLoops.CountBlocked(-1);
        }
    }

    /// <summary>It writes, or may do something that replicas have to hear of; a script that says it writes nothing does not.</summary>
    public static bool MayWrite(CommandFrame command) => command.Entry.Info.Name switch
    {
        "EVAL" => !(command.Count > 1 && command[1].StartsWith("#!"u8) && FirstLine(command[1]).IndexOf("no-writes"u8) >= 0),
        "EVALSHA" or "FCALL" or "PUBLISH" or "SPUBLISH" or "PFCOUNT" => true,
        _ => command.Entry.Info.Is(CommandFlags.Write),
    };

    private static ReadOnlySpan<byte> FirstLine(ReadOnlySpan<byte> script) =>
        script.IndexOf((byte)'\n') is >= 0 and int end ? script[..end] : script;
}

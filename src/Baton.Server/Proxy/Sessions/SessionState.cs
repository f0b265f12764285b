using Baton.Protocol.Maintenance;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>What a connection has told about itself and chosen. Belongs to its loop's thread.</summary>
internal sealed class SessionState
{
    public SessionState(long id, long nowMs) => (Id, CreatedMs, LastSeenMs) = (id, nowMs, nowMs);

    /// <summary>CLIENT ID: unique over all loops.</summary>
    public long Id { get; }

    /// <summary>Loop time of the accept.</summary>
    public long CreatedMs { get; }

    /// <summary>Loop time of the last bytes.</summary>
    public long LastSeenMs { get; set; }

    /// <summary>CLIENT SETNAME.</summary>
    public string Name { get; set; } = "";

    /// <summary>CLIENT SETINFO LIB-NAME.</summary>
    public string LibraryName { get; set; } = "";

    /// <summary>CLIENT SETINFO LIB-VER.</summary>
    public string LibraryVersion { get; set; } = "";

    /// <summary>The last command's name, for CLIENT LIST.</summary>
    public string LastCommand { get; set; } = "NULL";

    /// <summary>2 or 3.</summary>
    public int Protocol { get; set; } = 2;

    /// <summary>SELECT.</summary>
    public int Database { get; set; }

    /// <summary>What its engine must know.</summary>
    public LinkDress Dress => new(Protocol, Database);

    /// <summary>AUTH has been given, or is not needed; changed by <see cref="ClientSession.SetAuthenticated"/>.</summary>
    public bool Authenticated { get; set; } = true;

    /// <summary>CLIENT MAINT_NOTIFICATIONS ON: the form it wants MOVING in; null = not opted in.</summary>
    public MovingEndpointType? OptIn { get; set; }

    /// <summary>CLIENT REPLY.</summary>
    public ReplyMode ReplyMode { get; set; }
}

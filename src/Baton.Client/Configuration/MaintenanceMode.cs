namespace Baton.Client;

/// <summary>Whether the client asks for maintenance notifications.</summary>
public enum MaintenanceMode
{
    /// <summary>On RESP3 connections it asks; a server that refuses is fine.</summary>
    Auto,

    /// <summary>It asks, and a server that refuses (or has no RESP3) is an error that says so.</summary>
    Enabled,

    /// <summary>It does not ask.</summary>
    Disabled,
}

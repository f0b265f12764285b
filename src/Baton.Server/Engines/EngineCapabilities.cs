using Baton.Protocol.Commands;

namespace Baton.Server.Engines;

/// <summary>What one kind and version of engine can do. Immutable; the proxy refuses by name what is missing here.</summary>
/// <param name="Kind">The engine.</param>
/// <param name="DisplayName">For people: <c>garnet 2.2.8</c>, <c>redis 7.0.15</c>.</param>
/// <param name="Commands">The commands it has, from its own <c>COMMAND</c>, known bugs taken out.</param>
/// <param name="Replication">REPLICAOF works and is trusted.</param>
/// <param name="FullDump">DUMP and RESTORE work for every type.</param>
/// <param name="ClientTracking">CLIENT TRACKING works.</param>
/// <param name="ScriptsInMulti">EVAL inside MULTI is safe (Garnet deadlocks).</param>
/// <param name="SafeBlocking">
/// A blocked client costs the engine no thread, and CLIENT UNBLOCK loses no element. Where false the proxy does the waiting.
/// </param>
/// <param name="DataUser">As which of the engine's users clients' commands come; null = its default user.</param>
/// <param name="SafeUnsubscribing">
/// Who unsubscribes, or ends, while a message is published takes it from nobody else. Where false the proxy keeps the two apart.
/// </param>
/// <param name="DatabaseCount">How many numbered databases SELECT reaches.</param>
public sealed record EngineCapabilities(
    EngineKind Kind,
    string DisplayName,
    CommandTable Commands,
    bool Replication,
    bool FullDump,
    bool ClientTracking,
    bool ScriptsInMulti,
    int DatabaseCount = 16,
    bool SafeBlocking = true,
    DataUser? DataUser = null,
    bool SafeUnsubscribing = true);

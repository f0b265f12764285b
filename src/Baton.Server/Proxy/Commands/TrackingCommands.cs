using Baton.Protocol.Resp;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// CLIENT TRACKING: connections to the engine are shared, so an invalidation would reach the wrong client; it is refused by name.
/// </summary>
internal static class TrackingCommands
{
    private const string Why = "connections to the engine are shared, and an invalidation could not be told to the client it concerns";

    public static CommandOutcome Tracking(ClientSession session, CommandFrame command) =>
        command.Is(2, "OFF"u8) ? session.Ok() : session.Error($"ERR CLIENT TRACKING is not available here: {Why}");

    public static CommandOutcome Caching(ClientSession session, CommandFrame command) =>
        session.Error("ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled");

    public static CommandOutcome Info(ClientSession session, CommandFrame command) => session.Reply(output =>
    {
        RespWriter.WriteMapHeader(output, 3, session.State.Protocol);
        RespWriter.WriteBulk(output, "flags"u8);
        RespWriter.WriteArrayHeader(output, 1);
        RespWriter.WriteBulk(output, "off"u8);
        RespWriter.WriteBulk(output, "redirect"u8);
        RespWriter.WriteInteger(output, -1);
        RespWriter.WriteBulk(output, "prefixes"u8);
        RespWriter.WriteArrayHeader(output, 0);
    });
}

using Baton.Protocol.Commands;

namespace Baton.Server.Engines.Wire;

/// <summary>Asks an engine for its command table.</summary>
internal static class CommandTableReader
{
    /// <summary>Reads the table of the engine's own <c>COMMAND</c>.</summary>
    /// <exception cref="EngineException">The engine did not answer.</exception>
    public static async Task<CommandTable> ReadAsync(EngineControl control, CancellationToken cancellationToken)
    {
        await using RespConnection connection = await control.ConnectAsync(cancellationToken).ConfigureAwait(false);
        RespBatch question = new RespBatch().Add("COMMAND");
        return CommandTable.FromCommandReply(await connection.SendRawAsync(question, cancellationToken).ConfigureAwait(false));
    }
}

using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>Carries FUNCTION libraries over.</summary>
internal static class FunctionCopy
{
    /// <summary>Makes the target's libraries equal to the source's.</summary>
    /// <exception cref="EngineException">The source has libraries and the target has no functions.</exception>
    public static async Task RunAsync(DatabaseLink source, DatabaseLink target, CancellationToken cancellationToken)
    {
        if (!source.Has("FUNCTION"u8))
        {
            return;
        }

        if (target.Has("FUNCTION"u8))
        {
            RespReply dump = await source.DemandAsync(new RespBatch().Add("FUNCTION", "DUMP"), cancellationToken).ConfigureAwait(false);
            RespBatch restore = new RespBatch().Command("FUNCTION", 3).Argument("RESTORE").Argument(dump.Bytes).Argument("FLUSH");
            RespReply reply = (await target.Connection.SendAsync(restore, cancellationToken).ConfigureAwait(false))[0];
            if (reply.IsError)
            {
                throw new EngineException($"{target.Engine.Spec} refused the function libraries of {source.Engine.Spec}: {reply.Text}");
            }

            return;
        }

        RespReply libraries = await source.DemandAsync(new RespBatch().Add("FUNCTION", "LIST"), cancellationToken).ConfigureAwait(false);
        if (libraries.Items is { Length: > 0 })
        {
            throw new EngineException(
                $"{source.Engine.Spec} has {libraries.Items.Length} function libraries, and "
                + $"{target.Engine.Capabilities.DisplayName} has no functions");
        }
    }
}

using System.Buffers;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// CONFIG SET of what the cluster decides, to the value it has: +OK, for nothing changes. Any other value is refused with the place where it is set.
/// </summary>
internal static class ConfigUnchanged
{
    /// <summary>Asks the shards for the values and answers.</summary>
    public static CommandOutcome Check(ClientSession session, CommandFrame command)
    {
        int port = (session.LocalAddress as System.Net.IPEndPoint)?.Port ?? session.Database.Route.Port;
        ProxyLimits limits = session.Database.Route.Limits;
        List<(string Name, string Value)> wished = [];
        for (int i = 2; i < command.Count; i += 2)
        {
            wished.Add((command.Text(i).ToLowerInvariant(), command.Text(i + 1)));
        }

        ArrayBufferWriter<byte> question = new();
        RespWriter.WriteCommand(question, ["CONFIG", "GET", .. wished.Select(each => each.Name)]);
        return ServerCommands.ToAllRewritten(session, question.WrittenSpan, (parts, output) => Answer(parts, port, limits, wished, output));
    }

    private static void Answer(
        IReadOnlyList<MergePart> parts, int port, ProxyLimits limits, List<(string Name, string Value)> wished, IBufferWriter<byte> output)
    {
        List<(string Name, string Value)> known = Frames.IsError(parts[0].Frame) ? [] : ConfigCommands.Shown(parts, port, limits);
        foreach ((string name, string value) in wished)
        {
            if (!known.Exists(each => each.Name == name && each.Value.Equals(value, StringComparison.OrdinalIgnoreCase)))
            {
                RespWriter.WriteError(output, ConfigParameters.WhyNot(name)!);
                return;
            }
        }

        RespWriter.WriteSimple(output, "OK");
    }
}

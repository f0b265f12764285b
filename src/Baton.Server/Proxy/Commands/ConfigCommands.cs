using System.Buffers;
using System.Globalization;
using Baton.Protocol.Resp;
using Baton.Server.Engines;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// CONFIG GET and CONFIG SET of a database, which may have many engines and gets new ones with every move:
/// <code>
/// client     CONFIG SET notify-keyspace-events Ex
/// shards     CONFIG SET ...  on every master: the engine says whether it likes the value
/// cluster    stores it, gives it to replicas and targets under way, and to every instance that starts later
/// client     +OK
/// </code>
/// </summary>
internal static class ConfigCommands
{
    private static readonly string[] Secrets = ["requirepass", "masterauth", "masteruser", "tls-key-file-pass", "tls-client-key-file-pass"];

    public static CommandOutcome Get(ClientSession session, CommandFrame command)
    {
        int port = (session.LocalAddress as System.Net.IPEndPoint)?.Port ?? session.Database.Route.Port;
        ProxyLimits limits = session.Database.Route.Limits;
        return ServerCommands.ToAllRewritten(session, command, (parts, output) => Rewrite(parts, port, limits, output));
    }

    public static CommandOutcome Set(ClientSession session, CommandFrame command)
    {
        if (command.Count % 2 != 0)
        {
            return session.Error("ERR syntax error");
        }

        if (Settles(command))
        {
            return ConfigUnchanged.Check(session, command);
        }

        Dictionary<string, string> values = [];
        for (int i = 2; i < command.Count; i += 2)
        {
            string name = command.Text(i).ToLowerInvariant();
            string value = command.Text(i + 1);
            if (WhyNot(session, name, value) is { } error)
            {
                return session.FailCommand(error);
            }

            if (!values.TryAdd(name, value))
            {
                return session.Error($"ERR CONFIG SET failed (possibly related to argument '{name}') - duplicate parameter");
            }
        }

        if (session.Loop.Plane.ConfigurationKeeper is not { } keeper)
        {
            return session.Error("ERR CONFIG SET is not available yet: the cluster is starting");
        }

        return AskShards(session, new Change(session, keeper, values));
    }

    // Nothing but settings of the cluster's own: fine as long as they are what they are already, as clients do that write back what they read.
    private static bool Settles(CommandFrame command)
    {
        for (int i = 2; i < command.Count; i += 2)
        {
            if (ConfigParameters.WhyNot(command.Text(i).ToLowerInvariant()) is null)
            {
                return false;
            }
        }

        return true;
    }

    private static string? WhyNot(ClientSession session, string name, string value)
    {
        if (ConfigParameters.WhyNot(name) is { } error)
        {
            return error;
        }

        if (session.Database.FirstShard.Support.Capabilities.Kind != EngineKind.Garnet)
        {
            return null;
        }

        return name switch
        {
            ConfigParameters.EvictionPolicy when !value.Equals("noeviction", StringComparison.OrdinalIgnoreCase) =>
                $"ERR CONFIG SET {name} {value} is not available here: the embedded engine never evicts; use --engine redis",
            ConfigParameters.Notifications =>
                $"ERR CONFIG SET {name} is not available here: the embedded engine tells nothing about keys; use --engine redis",
            _ when ConfigParameters.IsOfEngines(name) && name != ConfigParameters.SlowLogTime =>
                $"ERR CONFIG SET {name} is not available here: the embedded engine has no such setting; use --engine redis",
            _ => null,
        };
    }

    private static CommandOutcome AskShards(ClientSession session, Change change)
    {
        string[] asked = [.. change.Values.Where(v => ConfigParameters.IsOfEngines(v.Key)).SelectMany(v => new[] { v.Key, v.Value })];
        ReadOnlySpan<LoopShard> shards = asked.Length == 0 ? [] : session.Database.Shards;
        foreach (LoopShard shard in shards)
        {
            if (session.MustWait(shard))
            {
                return session.Park(shard);
            }
        }

        change.Begin(shards.Length);
        foreach (LoopShard shard in shards)
        {
            ArrayBufferWriter<byte> frame = new();
            RespWriter.WriteArrayHeader(frame, asked.Length + 2);
            RespWriter.WriteBulk(frame, "CONFIG"u8);
            RespWriter.WriteBulk(frame, "SET"u8);
            Array.ForEach(asked, text => RespWriter.WriteBulk(frame, text));
            session.SendBehind(shard, frame.WrittenSpan, new FrameSink((reply, _) => change.OnReply(reply)));
        }

        return CommandOutcome.Done;
    }

    private static void Rewrite(IReadOnlyList<MergePart> parts, int port, ProxyLimits limits, IBufferWriter<byte> output)
    {
        RespReader first = new(parts[0].Frame);
        first.Read();
        int protocol = first.Kind == (byte)'%' ? 3 : 2;
        List<(string Name, string Value)> shown = Shown(parts, port, limits);
        RespWriter.WriteMapHeader(output, shown.Count, protocol);
        foreach ((string name, string value) in shown)
        {
            RespWriter.WriteBulk(output, name);
            RespWriter.WriteBulk(output, value);
        }
    }

    /// <summary>What CONFIG GET tells, made from the shards' answers.</summary>
    internal static List<(string Name, string Value)> Shown(IReadOnlyList<MergePart> parts, int port, ProxyLimits limits) =>
    [
        .. Pairs(parts[0]).Where(pair => !Secrets.Contains(pair.Name)).Select(pair => (pair.Name, pair.Name switch
        {
            "port" => Text(port),
            ConfigParameters.IdleTimeout => Text(limits.IdleTimeoutSeconds),
            ConfigParameters.KeepAlive => Text(limits.KeepAliveSeconds),
            ConfigParameters.Memory => Text(parts.Sum(MemoryOf)),
            _ => pair.Value,
        })),
    ];

    private static List<(string Name, string Value)> Pairs(MergePart part)
    {
        RespReader reader = new(part.Frame);
        reader.Read();
        List<(string, string)> pairs = [];
        while (reader.Read())
        {
            string name = reader.GetString();
            reader.Read();
            pairs.Add((name, reader.GetString()));
        }

        return pairs;
    }

    private static long MemoryOf(MergePart part) =>
        long.TryParse(Pairs(part).Find(pair => pair.Name == ConfigParameters.Memory).Value, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>One CONFIG SET under way. Belongs to its session's loop.</summary>
    private sealed class Change(ClientSession session, IConfigurationKeeper keeper, IReadOnlyDictionary<string, string> values)
    {
        private LocalSlot? _slot;
        private int _open;
        private byte[]? _error;

        public IReadOnlyDictionary<string, string> Values => values;

        public void Begin(int shards)
        {
            _slot = session.BeginReply();
            _open = shards + 1;
            OnReply("+OK\r\n"u8);
        }

        public void OnReply(ReadOnlySpan<byte> reply)
        {
            if (Frames.IsError(reply))
            {
                _error ??= reply.ToArray();
            }

            if (--_open > 0)
            {
                return;
            }

            if (_error is { } error)
            {
                _slot!.Reply.Append(error);
                _slot.Complete();
            }
            else
            {
                _ = KeepAsync();
            }
        }

        private async Task KeepAsync()
        {
            string? refused;
            try
            {
                refused = await keeper.KeepAsync(session.Database.Route.Uid, values).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                refused = e.Message; // the controller is stopping, or its store failed: nothing is remembered, and the client is told
            }

            session.Loop.Io.Post(() =>
            {
                if (refused is null)
                {
                    RespWriter.WriteSimple(_slot!.Reply, "OK");
                }
                else
                {
                    RespWriter.WriteError(_slot!.Reply, $"ERR CONFIG SET failed: {refused}");
                }

                _slot.Complete();
            });
        }
    }
}

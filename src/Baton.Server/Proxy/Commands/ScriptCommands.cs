using System.Buffers;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Sessions;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// EVAL, EVALSHA and SCRIPT. The bodies are remembered: a shard's new master is given them before it serves, and a shard that may not have one
/// (EVAL ran on another shard, the instance started again) is given it right before the EVALSHA, so that several shards look like one server:
/// <code>
/// client   EVALSHA sha 1 k
/// shard    SCRIPT LOAD body   EVALSHA sha 1 k        on one connection; the first reply is dropped
/// </code>
/// </summary>
internal static class ScriptCommands
{
    public static CommandOutcome Eval(ClientSession session, CommandFrame command)
    {
        if (command.Count > 1)
        {
            session.Database.AllLoops.Scripts.Remember(command[1]);
        }

        return session.Forward(command);
    }

    public static CommandOutcome EvalSha(ClientSession session, CommandFrame command)
    {
        if (!session.TryRoute(command, out LoopShard shard))
        {
            return CommandOutcome.Done;
        }

        if (!session.MustWait(shard) && command.Count > 1)
        {
            LoadFirst(session, shard, command[1]);
        }

        return session.ForwardTo(shard, command);
    }

    public static CommandOutcome Load(ClientSession session, CommandFrame command)
    {
        if (command.Count > 2)
        {
            session.Database.AllLoops.Scripts.Remember(command[2]);
        }

        return FanOutCommands.Same(session, command);
    }

    /// <summary>
    /// Over several shards a script is there when EVALSHA finds it on each: every shard has it, or one has (so that it did compile) and the proxy has
    /// its body to give to the others.
    /// </summary>
    public static CommandOutcome Exists(ClientSession session, CommandFrame command)
    {
        if (session.Database.HasOneShard)
        {
            return session.ForwardTo(session.Database.FirstShard, command);
        }

        bool[] known = new bool[Math.Max(0, command.Count - 2)];
        for (int i = 0; i < known.Length; i++)
        {
            known[i] = session.Database.AllLoops.Scripts.TryFind(command[i + 2], out _, out _);
        }

        return FanOutCommands.ToAll(session, command, (parts, output) => MergeExists(parts, known, output));
    }

    public static CommandOutcome Flush(ClientSession session, CommandFrame command)
    {
        session.Database.AllLoops.Scripts.Clear();
        return FanOutCommands.Same(session, command);
    }

    /// <summary>A gathered transaction is about to be sent: what its scripts need goes before it, what they bring is remembered.</summary>
    public static void BeforeTransaction(ClientSession session, LoopShard shard, Transaction transaction)
    {
        ScriptCache scripts = session.Database.AllLoops.Scripts;
        transaction.ForEach(command =>
        {
            switch (command.Entry.Info.Name)
            {
                case "EVAL" or "EVAL_RO":
                    scripts.Remember(command[1]);
                    break;
                case "SCRIPT|LOAD":
                    scripts.Remember(command[2]);
                    break;
                case "SCRIPT|FLUSH":
                    scripts.Clear();
                    break;
                case "EVALSHA" or "EVALSHA_RO":
                    LoadFirst(session, shard, command[1]);
                    break;
            }
        });
    }

    private static void LoadFirst(ClientSession session, LoopShard shard, ReadOnlySpan<byte> sha1)
    {
        ScriptCache scripts = session.Database.AllLoops.Scripts;
        LoadedScripts loaded = shard.Scripts;
        if (!scripts.TryFind(sha1, out string name, out byte[] body) || loaded.Contains(name))
        {
            return;
        }

        long generation = scripts.Generation;
        ShardTarget target = shard.Target;
        ArrayBufferWriter<byte> load = new(body.Length + 64);
        RespWriter.WriteArrayHeader(load, 3);
        RespWriter.WriteBulk(load, "SCRIPT"u8);
        RespWriter.WriteBulk(load, "LOAD"u8);
        RespWriter.WriteBulk(load, body);

        // Only the answer proves it: until then another connection's EVALSHA could overtake this one.
        session.SendBehind(shard, load.WrittenSpan, new FrameSink((frame, _) =>
        {
            if (!Frames.IsError(frame) && shard.Target == target)
            {
                loaded.Add(name, generation);
            }
        }));
    }

    private static void MergeExists(IReadOnlyList<MergePart> parts, bool[] known, IBufferWriter<byte> output)
    {
        int[] having = new int[known.Length];
        foreach (MergePart part in parts)
        {
            RespReader reader = new(part.Frame);
            reader.Read();
            for (int i = 0; i < having.Length && reader.Read(); i++)
            {
                having[i] += reader.TryGetInt64(out long value) && value == 1 ? 1 : 0;
            }
        }

        RespWriter.WriteArrayHeader(output, known.Length);
        for (int i = 0; i < known.Length; i++)
        {
            RespWriter.WriteInteger(output, having[i] == parts.Count || (known[i] && having[i] > 0) ? 1 : 0);
        }
    }
}

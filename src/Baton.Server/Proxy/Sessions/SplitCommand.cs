using System.Globalization;
using System.Text;
using Baton.Protocol.Cluster;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Commands;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Sessions;

/// <summary>
/// A command that is being split by the shards of its keys, a slice of them per turn: who gives a million keys must not keep the others waiting.
/// Belongs to its loop's thread.
/// </summary>
internal sealed class SplitCommand(LoopDatabase database, int keys, int step)
{
    private readonly List<Part> _parts = [];

    /// <summary>For each key the part that has it.</summary>
    public int[] Owners { get; } = new int[keys];

    /// <summary>The shards concerned, in the order of their first keys.</summary>
    public IEnumerable<LoopShard> Shards => _parts.Select(static part => part.Shard);

    /// <summary>How many those are.</summary>
    public int Count => _parts.Count;

    /// <summary>Keys that have been looked at.</summary>
    public int Taken { get; private set; }

    /// <summary>Looks at the next slice of the command's keys; true when that was the last.</summary>
    public bool TakeSlice(CommandFrame command)
    {
        for (int work = 0; work < TurnSlice.Work && Taken < Owners.Length; Taken++)
        {
            int at = 1 + (Taken * step);
            int owner = PartOf(database.ShardOf(HashSlot.Of(command[at])));
            Owners[Taken] = owner;
            _parts[owner].Keys++;
            for (int i = at; i < at + step; i++)
            {
                work += Write(_parts[owner].Arguments, command[i]);
            }
        }

        return Taken == Owners.Length;
    }

    /// <summary>The command for one shard; the caller's, who sends it.</summary>
    public OutputBuffer CommandFor(int part, ReadOnlySpan<byte> name)
    {
        OutputBuffer whole = new();
        RespWriter.WriteArrayHeader(whole, 1 + (step * _parts[part].Keys));
        RespWriter.WriteBulk(whole, name);
        _parts[part].Arguments.MoveTo(whole);
        return whole;
    }

    /// <summary>It is sent, or will not be.</summary>
    public void Release() => _parts.ForEach(static part => part.Arguments.Release());

    private int PartOf(LoopShard shard)
    {
        int known = _parts.FindIndex(part => part.Shard == shard);
        if (known < 0)
        {
            known = _parts.Count;
            _parts.Add(new Part(shard));
        }

        return known;
    }

    // What is huge is shared with the input it lies in, not copied.
    private static int Write(OutputBuffer output, ReadOnlySpan<byte> argument)
    {
        if (argument.Length < OutputBuffer.BlockBytes)
        {
            RespWriter.WriteBulk(output, argument);
            return TurnSlice.WorkOf(argument.Length);
        }

        output.Append(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"${argument.Length}\r\n")));
        output.Append(argument);
        output.Append("\r\n"u8);
        return TurnSlice.WorkOf(OutputBuffer.BlockBytes);
    }

    private sealed class Part(LoopShard shard)
    {
        public LoopShard Shard => shard;

        public int Keys { get; set; }

        public OutputBuffer Arguments { get; } = new();
    }
}

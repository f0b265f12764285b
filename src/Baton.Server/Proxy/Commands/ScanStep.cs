using System.Buffers;
using System.Globalization;
using System.Text;
using Baton.Protocol.Resp;
using Baton.Server.Proxy.Replies;
using Baton.Server.Proxy.Upstream;

namespace Baton.Server.Proxy.Commands;

/// <summary>
/// One SCAN, HSCAN, SSCAN or ZSCAN on its way: the engine's command made of the client's, and the client's reply made of the engine's. A cursor of another
/// instance than the shard's begins again there: elements may come twice, which scans allow, but none that was there all the time is left out. A scan that
/// has begun again goes on in larger pages, so that it ends also when the shard moves again and again.
/// </summary>
internal sealed class ScanStep
{
    private const int DefaultCount = 10;

    /// <summary>A page is made so many times larger with each new beginning ...</summary>
    private const int Growth = 8;

    /// <summary>... up to this many elements; one that asks for more gets what it asks for.</summary>
    private const int MostElements = 10_000;

    private readonly LoopShard _shard;
    private readonly ShardTarget _target;
    private readonly ScanCursor _cursor;
    private readonly int _shards;

    private ScanStep(LoopShard shard, ScanCursor cursor, int shards)
    {
        (_shard, _target, _shards) = (shard, shard.Target, shards);
        int instance = ScanCursor.InstanceOf(_target.InstanceId);
        _cursor = cursor.Engine == 0 || cursor.Instance == instance
            ? cursor with { Instance = instance }
            : cursor with { Engine = 0, Instance = instance, Restarts = Math.Min(ScanCursor.MaxRestarts, cursor.Restarts + 1) };
    }

    /// <summary>The shard it goes to.</summary>
    public LoopShard Shard => _shard;

    /// <summary>True for the commands this is about.</summary>
    public static bool IsScan(string name) => name is "SCAN" or "HSCAN" or "SSCAN" or "ZSCAN" or "COSCAN";

    /// <summary>
    /// Looks at a command. False: it is malformed, and the engine says how.
    /// </summary>
    /// <param name="command">The command.</param>
    /// <param name="shardOfKey">The shard of its key; null for SCAN, whose cursor says which.</param>
    /// <param name="database">The database.</param>
    /// <param name="step">What to do.</param>
    public static bool TryBegin(CommandFrame command, LoopShard? shardOfKey, LoopDatabase database, out ScanStep? step)
    {
        step = null;
        if (command.Count <= CursorAt(command) || !ScanCursor.TryParse(command[CursorAt(command)], out ScanCursor cursor))
        {
            return false;
        }

        if (shardOfKey is not null || cursor.Place >= database.Shards.Length)
        {
            cursor = cursor with { Place = 0, Instance = cursor.Place == 0 ? cursor.Instance : 0 };
        }

        step = new ScanStep(shardOfKey ?? database.Shards[cursor.Place], cursor, shardOfKey is null ? database.Shards.Length : 1);
        return true;
    }

    /// <summary>The command for the engine.</summary>
    public void WriteCommand(CommandFrame command, IBufferWriter<byte> output)
    {
        int countAt = CountAt(command);
        bool grows = _cursor.Restarts > 0 && countAt >= 0;
        bool adds = grows && countAt == 0;
        RespWriter.WriteArrayHeader(output, command.Count + (adds ? 2 : 0));
        for (int i = 0; i < command.Count; i++)
        {
            if (i == CursorAt(command))
            {
                RespWriter.WriteBulk(output, Digits(_cursor.Engine));
            }
            else if (grows && i == countAt && command.TryInteger(i, out long count) && count > 0)
            {
                RespWriter.WriteBulk(output, Digits(Larger(count)));
            }
            else
            {
                RespWriter.WriteBulk(output, command[i]);
            }
        }

        if (adds)
        {
            RespWriter.WriteBulk(output, "COUNT"u8);
            RespWriter.WriteBulk(output, Digits(Larger(DefaultCount)));
        }
    }

    /// <summary>The reply for the client.</summary>
    /// <exception cref="RespFormatException">It is no page.</exception>
    public void WriteReply(ReadOnlySpan<byte> frame, IBufferWriter<byte> output)
    {
        if (Frames.IsError(frame))
        {
            output.Write(frame);
            return;
        }

        RespReader reader = new(frame);
        if (!reader.Read() || reader.Count != 2 || !reader.Read()
            || !ulong.TryParse(reader.Value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong engine))
        {
            throw new RespFormatException("a cursor and an array were expected");
        }

        RespWriter.WriteArrayHeader(output, 2);
        RespWriter.WriteBulk(output, Next(engine));
        output.Write(frame[reader.Position..]);
    }

    private ReadOnlySpan<byte> Next(ulong engine)
    {
        // A command that a lane kept while its shard moved ran at the new instance with a place of the old one: the end it found is no end.
        if (engine == 0 && _cursor.Engine != 0 && _shard.Target != _target)
        {
            return _cursor.ToBytes();
        }

        if (engine != 0)
        {
            return (_cursor with { Engine = engine }).ToBytes();
        }

        return _cursor.Place + 1 < _shards ? new ScanCursor(0, _cursor.Place + 1, 0, _cursor.Restarts).ToBytes() : "0"u8;
    }

    private static int CursorAt(CommandFrame command) => command.Entry.Info.Name == "SCAN" ? 1 : 2;

    /// <summary>Index of COUNT's number, read as the server reads the options; 0: there is none; -1: the server will refuse them.</summary>
    private static int CountAt(CommandFrame command)
    {
        int at = 0;
        for (int i = CursorAt(command) + 1; i < command.Count; i++)
        {
            if (command.Is(i, "COUNT"u8) && i + 1 < command.Count)
            {
                at = ++i;
            }
            else if ((command.Is(i, "MATCH"u8) || command.Is(i, "TYPE"u8)) && i + 1 < command.Count)
            {
                i++;
            }
            else if (!command.Is(i, "NOVALUES"u8) && !command.Is(i, "NOSCORES"u8))
            {
                return -1;
            }
        }

        return at;
    }

    private long Larger(long count)
    {
        long largest = Math.Max(count, MostElements);
        for (int restart = 0; restart < _cursor.Restarts && count < largest; restart++)
        {
            count *= Growth;
        }

        return Math.Min(count, largest);
    }

    private static byte[] Digits<T>(T number)
        where T : IFormattable => Encoding.ASCII.GetBytes(number.ToString(null, CultureInfo.InvariantCulture));
}

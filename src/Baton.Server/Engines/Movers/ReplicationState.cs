using System.Net;
using Baton.Server.Engines.Wire;

namespace Baton.Server.Engines.Movers;

/// <summary>What INFO says about one side of a replication. Compares by value, so that two equal reads mean no progress.</summary>
internal readonly record struct ReplicationState
{
    /// <summary>Reads <c>INFO replication</c> and <c>INFO persistence</c>.</summary>
    public ReplicationState(InfoReply info)
    {
        IsMaster = info["role"] == "master";
        Offset = IsMaster ? info.Number("master_repl_offset") : info.Number("slave_repl_offset");
        ReplicationId = info["master_replid"];
        Master = IsMaster ? "" : $"{info["master_host"]}:{info["master_port"]}";
        LinkUp = !IsMaster && info["master_link_status"] == "up" && info["master_sync_in_progress"] == "0";
        FirstCopyBytes = info.Number("master_sync_read_bytes");
        FirstCopyTotal = info.Number("master_sync_total_bytes");
        LogEnabled = info["aof_enabled"] == "1";
        LogComplete = !LogEnabled
            || (info["aof_rewrite_in_progress"] == "0"
                && info["aof_rewrite_scheduled"] == "0"
                && info["aof_last_bgrewrite_status"] == "ok");
        LogSize = info.Number("current_cow_processed");
    }

    /// <summary>It takes writes.</summary>
    public bool IsMaster { get; }

    /// <summary>Written (master) or applied (replica) bytes of the stream.</summary>
    public long Offset { get; }

    /// <summary>The history the offsets belong to.</summary>
    public string ReplicationId { get; }

    /// <summary>Whom a replica follows, <c>host:port</c>.</summary>
    public string Master { get; }

    /// <summary>The first copy is complete and the stream flows.</summary>
    public bool LinkUp { get; }

    /// <summary>Bytes of the first copy so far.</summary>
    public long FirstCopyBytes { get; }

    /// <summary>Bytes the first copy will have, where the engine knows.</summary>
    public long FirstCopyTotal { get; }

    /// <summary>It writes a log.</summary>
    public bool LogEnabled { get; }

    /// <summary>
    /// Its log on disk holds everything. After a first copy Redis writes a new one in the background; until that is complete, a crash
    /// would bring back what the log held before: nothing.
    /// </summary>
    public bool LogComplete { get; }

    /// <summary>Keys written by the rewrite that is running, so that a long one counts as progress.</summary>
    public long LogSize { get; }

    /// <summary>Link up, log complete.</summary>
    public bool IsReady => LinkUp && LogComplete;

    /// <summary>True when it follows the instance at <paramref name="address"/>.</summary>
    public bool Follows(EndPoint address) => !IsMaster && Master == address.ToString();

    /// <summary>For people.</summary>
    public MoveProgress Progress(in ReplicationState master) =>
        !LinkUp ? new MoveProgress(FirstCopyBytes, FirstCopyTotal, "bytes of the first copy")
        : !LogComplete ? new MoveProgress(LogSize, 0, "waiting for the log rewrite")
        : new MoveProgress(Offset, master.Offset, "bytes of the replication stream");

    /// <summary>For messages.</summary>
    public override string ToString() =>
        $"{(IsMaster ? "master" : $"replica of {Master}")}, offset {Offset} of {ReplicationId}, link {(LinkUp ? "up" : "down")}, "
        + $"log {(LogComplete ? "complete" : "being rewritten")}";
}

using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Upstream;

/// <summary>The way of one session's commands to a shard: the lane it shares with others, or a link of its own.</summary>
internal interface IUpstream
{
    /// <summary>The sink of the last reply asked for.</summary>
    ReplySink? TailSink { get; }

    /// <summary>Sends whole commands and notes who gets their replies.</summary>
    void Send(ReadOnlySpan<byte> commands, ReplySink sink, int replies = 1);

    /// <summary>The same with commands that are taken out of a buffer: large ones are not copied.</summary>
    void Send(OutputBuffer commands, ReplySink sink, int replies);
}

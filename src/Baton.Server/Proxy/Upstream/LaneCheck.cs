using System.Globalization;
using System.Text;
using Baton.Server.Engines;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// Asks an engine now and then what a shared connection means to it. Nothing a client says may change that, but engines have odd paths, and a lane that
/// has come to stand in another database writes where nobody looks. CLIENT INFO goes through the lane itself, so that its answer is true for the
/// commands behind it.
/// <code>
/// used --<see cref="PauseMs"/>--> asked --as it was made--> unused (until the next command)
///                                   \--another database, protocol, user, a transaction, no answer of this kind--> the lane gives the link up
/// </code>
/// A link nobody uses is not asked. An engine without CLIENT INFO answers with an error, which tells nothing. Belongs to its loop's thread.
/// </summary>
internal sealed class LaneCheck(LoopShard shard, Action<ShardLink, string> giveUp)
{
    /// <summary>Pause between two questions.</summary>
    internal const int PauseMs = 5_000;

    private IDisposable? _next;

    /// <summary>A command has been sent on the link.</summary>
    public void NoteUse(ShardLink link)
    {
        if (_next is null)
        {
            Ask(link);
        }
    }

    /// <summary>The lane ends.</summary>
    public void Stop()
    {
        _next?.Dispose();
        _next = null;
    }

    /// <summary>What is not as the link was made, or null.</summary>
    internal static string? WhyNot(ShardLink link, ReadOnlySpan<byte> frame)
    {
        if (Frames.IsError(frame))
        {
            return null;
        }

        string text = Encoding.UTF8.GetString(frame);
        if (frame[0] is not ((byte)'$' or (byte)'='))
        {
            return $"it answers CLIENT INFO with {text.TrimEnd()}";
        }

        string[] fields = text.Split([' ', '\r', '\n']);
        return Differs("db", Number(link.Database)) ?? Differs("resp", Number(link.Protocol))
            ?? (link.Target.Capabilities.DataUser is null ? null : Differs("user", DataUser.Name));

        string? Differs(string name, string wanted) =>
            Array.Find(fields, field => field.StartsWith(name + "=", StringComparison.Ordinal)) is { } field && field != $"{name}={wanted}"
                ? $"it has {field} and was made with {name}={wanted}"
                : null;
    }

    private void Ask(ShardLink link) => _next = shard.Loop.Io.At(shard.Loop.Io.NowMs + PauseMs, () =>
    {
        _next = null;
        if (link.State == LinkState.Ready && shard.Hold is null)
        {
            link.Send("*2\r\n$6\r\nCLIENT\r\n$4\r\nINFO\r\n"u8, new FrameSink((frame, lost) =>
            {
                if (!lost && WhyNot(link, frame) is { } why)
                {
                    giveUp(link, why);
                }
            }));
        }
    });

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

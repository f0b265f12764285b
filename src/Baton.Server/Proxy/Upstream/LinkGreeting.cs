using Baton.Protocol.Resp;
using Baton.Server.Engines;
using Baton.Server.Proxy.Io;
using Baton.Server.Proxy.Replies;

namespace Baton.Server.Proxy.Upstream;

/// <summary>
/// The handshake of an upstream link, sent in one piece:
/// <code>
/// AUTH user secret · HELLO 3 · SELECT n · CLIENT SETNAME baton · CLIENT ID
/// </code>
/// each only where it is needed. CLIENT ID is asked by dedicated links, whose blocking commands are ended by that id.
/// </summary>
internal sealed class LinkGreeting : ReplySink
{
    private readonly ShardLink _link;
    private readonly FrameSink _frames;
    private readonly List<Step> _steps = [];
    private int _answered;
    private string? _refusal;

    public LinkGreeting(ShardLink link)
    {
        _link = link;
        _frames = new FrameSink(OnFrame);
    }

    private enum Step
    {
        Auth,
        Hello,
        Select,
        SetName,
        ClientId,
    }

    /// <summary>Writes the handshake; returns how many replies it gets.</summary>
    public int Write(OutputBuffer output)
    {
        if (_link.Target is { Secret.Length: > 0, Capabilities.DataUser: var user } target)
        {
            Add(output, Step.Auth, user is null ? ["AUTH", target.Secret] : ["AUTH", DataUser.Name, target.Secret]);
        }

        if (_link.Protocol == 3)
        {
            Add(output, Step.Hello, "HELLO", "3");
        }

        if (_link.Database != 0)
        {
            Add(output, Step.Select, "SELECT", _link.Database.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        Add(output, Step.SetName, "CLIENT", "SETNAME", "baton");
        if (_link.IsDedicated)
        {
            Add(output, Step.ClientId, "CLIENT", "ID");
        }

        return _steps.Count;
    }

    public override void OnReplies(ReadOnlySpan<byte> bytes, int frames, bool endsInside) => _frames.OnReplies(bytes, frames, endsInside);

    public override void OnLost(int count, string error)
    {
        // The link's owner hears of the end itself.
    }

    private void Add(OutputBuffer output, Step step, params ReadOnlySpan<string> arguments)
    {
        _steps.Add(step);
        RespWriter.WriteCommand(output, arguments);
    }

    private void OnFrame(ReadOnlySpan<byte> frame, bool lost)
    {
        Step step = _steps[_answered++];
        if (Frames.IsError(frame) && step != Step.SetName)
        {
            _refusal ??= $"{step} was refused: {System.Text.Encoding.UTF8.GetString(frame).Trim()}";
        }

        if (step == Step.ClientId && Frames.TryInteger(frame, out long id))
        {
            _link.ClientId = id;
        }

        if (_answered == _steps.Count)
        {
            _link.OnGreeted(_refusal);
        }
    }
}

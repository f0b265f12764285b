using Baton.TestKit;
using Baton.TestKit.Load;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;

namespace Baton.Integration.Tests.Peers;

/// <summary>redis-cli as people use it: a repeated command, --pipe, and a subscription.</summary>
public sealed class RedisCliPeer : IPeer
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);
    private readonly ChildProcess _repeat;
    private readonly ChildProcess _pipe;
    private readonly ChildProcess _subscribe;
    private readonly RawConnection _publisher;
    private readonly LoadLoop _loop = new();
    private readonly LoadVerdict _pipeVerdict = new("redis-cli pipe");
    private readonly LoadVerdict _subscribeVerdict = new("redis-cli subscribe");
    private readonly Task _feeding;
    private readonly Task _publishing;
    private long _piped;
    private long _published;

    private RedisCliPeer(string host, int port, RawConnection publisher)
    {
        string[] server = ["-h", host, "-p", $"{port}"];
        _publisher = publisher;
        _repeat = new ChildProcess("redis-cli", [.. server, "-r", "1000000", "-i", "0.003", "INCR", "cli:repeat"]);
        _pipe = new ChildProcess("redis-cli", [.. server, "--pipe", "--pipe-timeout", "30"]);
        _subscribe = new ChildProcess("redis-cli", [.. server, "SUBSCRIBE", "cli:channel"]);
        _feeding = _loop.RunAsync(_pipeVerdict, "feed", FeedAsync);
        _publishing = PublishAsync();
    }

    /// <summary>Starts all three.</summary>
    public static async Task<RedisCliPeer> StartAsync(string host, int port)
    {
        var peer = new RedisCliPeer(host, port, await RawConnection.ConnectAsync(host, port));
        await Eventually.TrueAsync(() => peer._repeat.Output.Count > 5, StartLimit, "replies of redis-cli -r", () => peer._repeat.Tail);
        await Eventually.TrueAsync(
            () => peer._subscribe.Output.Contains("message"), StartLimit, "messages of redis-cli", () => peer._subscribe.Tail);
        return peer;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PeerVerdict>> StopAsync()
    {
        var counted = _repeat.Output.Count;
        await Eventually.TrueAsync(
            () => _repeat.Output.Count > counted + LoadLoop.RoundsAfterStop || _repeat.HasExited, StopLimit, "redis-cli -r goes on", () =>
                _repeat.Tail);
        _loop.Stop();
        await Task.WhenAll(_feeding, _publishing).WaitAsync(StopLimit);
        return [JudgeRepeat(), await JudgePipeAsync(), await JudgeSubscribeAsync()];
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _loop.Dispose();
        await _repeat.DisposeAsync();
        await _pipe.DisposeAsync();
        await _subscribe.DisposeAsync();
        await _publisher.DisposeAsync();
    }

    private async Task FeedAsync()
    {
        const int Batch = 10;
        for (var i = 0; i < Batch; i++)
        {
            await _pipe.Input.WriteAsync("INCR cli:pipe\r\n");
        }

        await _pipe.Input.FlushAsync();
        _piped += Batch;
    }

    private async Task PublishAsync() => await _loop.RunAsync(_subscribeVerdict, "publish", async () =>
    {
        var receivers = await _publisher.ExpectAsync(':', "PUBLISH", "cli:channel", $"{_published + 1}");
        if (receivers.Integer > 0 || _published > 0)
        {
            _published++; // counted from the first that somebody heard
        }
    });

    private PeerVerdict JudgeRepeat()
    {
        var verdict = new LoadVerdict("redis-cli repeat");
        long last = 0;
        foreach (var line in _repeat.Output)
        {
            if (long.TryParse(line, out var number))
            {
                last = verdict.Next("INCR", last + 1, number);
            }
            else
            {
                verdict.Fail("INCR", new InvalidOperationException(line));
            }
        }

        foreach (var line in _repeat.Errors)
        {
            verdict.Fail("INCR", new InvalidOperationException(line));
        }

        return verdict.Close(keptItsConnection: !_repeat.HasExited);
    }

    private async Task<PeerVerdict> JudgePipeAsync()
    {
        _pipe.Input.Close();
        var code = await _pipe.ExitAsync(StopLimit);
        _pipeVerdict.Same("summary of --pipe", $"errors: 0, replies: {_piped}", LastLine(_pipe));
        var value = await _publisher.ExpectAsync('$', "GET", "cli:pipe");
        _pipeVerdict.Next("counter at the end", _piped, value.Integer);
        return _pipeVerdict.Close(keptItsConnection: code == 0);
    }

    private async Task<PeerVerdict> JudgeSubscribeAsync()
    {
        await Eventually.TrueAsync(
            () => LastLine(_subscribe) == $"{_published}" || _subscribe.HasExited, StopLimit, "last message", () => _subscribe.Tail);
        var lines = _subscribe.Output;
        long last = 0;
        for (var i = 0; i + 2 < lines.Count; i++)
        {
            if (lines[i] == "message" && lines[i + 1] == "cli:channel")
            {
                last = _subscribeVerdict.Seen("message", last, long.Parse(lines[i + 2]));
            }
        }

        _subscribeVerdict.Next("messages at the end", _published, last);
        return _subscribeVerdict.Close(keptItsConnection: !_subscribe.HasExited);
    }

    private static string? LastLine(ChildProcess process) => process.Output is [.., var last] ? last : null;
}

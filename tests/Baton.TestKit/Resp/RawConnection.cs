using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Baton.TestKit.Resp;

/// <summary>
/// A bare RESP connection: commands go out as given, replies come back in order, pushes are kept apart with the time they came.
/// Every wait is bounded by <see cref="Limit"/>. Thread-safe.
/// </summary>
public sealed class RawConnection : IAsyncDisposable
{
    /// <summary>Longest wait for one reply or push.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly Lock _sendLock = new();
    private readonly Queue<TaskCompletionSource<RespValue>> _waiting = new();
    private readonly ConcurrentQueue<ReceivedPush> _pushes = new();
    private readonly ConcurrentQueue<RespValue> _arrivals = new();
    private readonly Task _reading;
    private volatile string? _closed;

    private RawConnection(Socket socket)
    {
        _socket = socket;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>RESP2 subscribers get messages as arrays: treat those as pushes.</summary>
    public bool MessagesAreArrays { get; set; }

    /// <summary>All pushes so far, oldest first.</summary>
    public IReadOnlyList<ReceivedPush> Pushes => [.. _pushes];

    /// <summary>Keep every frame, replies too, in <see cref="Arrivals"/>.</summary>
    public bool KeepsArrivals { get; set; }

    /// <summary>Replies and pushes in the order they came, while <see cref="KeepsArrivals"/> is set.</summary>
    public IReadOnlyList<RespValue> Arrivals => [.. _arrivals];

    /// <summary>How the connection ended; null while it is open.</summary>
    public string? Closed => _closed;

    /// <summary>When it ended, on the clock of <see cref="ReceivedPush.At"/>.</summary>
    public TimeSpan ClosedAt { get; private set; }

    /// <summary>Called for each push on the reading task, before it is kept.</summary>
    public Action<RespValue>? OnPush { get; set; }

    /// <summary>Connects.</summary>
    public static async Task<RawConnection> ConnectAsync(string host, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(host, port).WaitAsync(Limit);
        return new RawConnection(socket);
    }

    /// <summary>
    /// Connects, says HELLO 3 and, when asked, opts in to maintenance notifications (<paramref name="optIn"/> = the words after ON).
    /// </summary>
    public static async Task<RawConnection> ConnectResp3Async(string host, int port, string? password = null, string[]? optIn = null)
    {
        var connection = await ConnectAsync(host, port);
        await connection.ExpectAsync('%', password is null ? ["HELLO", "3"] : ["HELLO", "3", "AUTH", "default", password]);
        if (optIn is not null)
        {
            await connection.ExpectAsync('+', ["CLIENT", "MAINT_NOTIFICATIONS", "ON", .. optIn]);
        }

        return connection;
    }

    /// <summary>Sends one command; the task is its reply.</summary>
    public Task<RespValue> Send(params string[] words) => SendAll([words])[0];

    /// <summary>Sends commands in one write; the tasks are their replies, in order.</summary>
    public IReadOnlyList<Task<RespValue>> SendAll(IReadOnlyList<string[]> commands)
    {
        var bytes = Encoding.Latin1.GetBytes(string.Concat(commands.Select(Encode)));
        var replies = new List<Task<RespValue>>();
        lock (_sendLock)
        {
            foreach (var _ in commands)
            {
                var reply = new TaskCompletionSource<RespValue>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Enqueue(reply);
                replies.Add(reply.Task);
            }

            if (_closed is { } reason)
            {
                FailWaiting(reason);
                return replies;
            }

            _socket.Send(bytes);
        }

        return replies;
    }

    /// <summary>Writes bytes for which no reply is counted.</summary>
    public void SendBytes(string latin1) => _socket.Send(Encoding.Latin1.GetBytes(latin1));

    /// <summary>Sends a command and waits for its reply, which may be an error.</summary>
    public async Task<RespValue> CallAsync(params string[] words) => await Send(words).WaitAsync(Limit);

    /// <summary>Sends a command whose reply must be of a kind.</summary>
    /// <exception cref="InvalidOperationException">It was of another.</exception>
    public async Task<RespValue> ExpectAsync(char kind, params string[] words)
    {
        var reply = await CallAsync(words);
        return reply.Kind == kind ? reply : throw new InvalidOperationException(
            $"{string.Join(' ', words)}: expected '{kind}', got {reply}");
    }

    /// <summary>The connection's id at the proxy.</summary>
    public async Task<long> IdAsync() => (await ExpectAsync(':', "CLIENT", "ID")).Integer;

    /// <summary>Waits for the n-th push that satisfies the predicate.</summary>
    public async Task<ReceivedPush> PushAsync(Func<RespValue, bool> predicate, string what, TimeSpan? limit = null)
    {
        ReceivedPush? found = null;
        await Eventually.TrueAsync(
            () => (found = Pushes.FirstOrDefault(push => predicate(push.Frame))) is not null,
            limit ?? Limit,
            $"push {what}",
            () => $"Came: {string.Join(" ; ", Pushes.Select(push => push.Frame))}. Closed: {_closed ?? "no"}");
        return found!;
    }

    /// <summary>Closes at once.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed ??= "closed by the test";
        _socket.Dispose();
        await _reading.WaitAsync(Limit);
    }

    private static string Encode(string[] words)
    {
        var text = new StringBuilder($"*{words.Length}\r\n");
        foreach (var word in words)
        {
            text.Append($"${word.Length}\r\n{word}\r\n");
        }

        return text.ToString();
    }

    private async Task ReadAsync()
    {
        var decoder = new RespDecoder();
        var buffer = new byte[64 * 1024];
        var reason = "closed by the server";
        try
        {
            for (var read = await _socket.ReceiveAsync(buffer); read > 0; read = await _socket.ReceiveAsync(buffer))
            {
                foreach (var frame in decoder.Feed(buffer.AsSpan(0, read)))
                {
                    Deliver(frame);
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or FormatException)
        {
            reason = $"{error.GetType().Name}: {error.Message}";
        }

        lock (_sendLock)
        {
            ClosedAt = Stopwatch.GetElapsedTime(0);
            _closed ??= reason;
            FailWaiting(_closed);
        }
    }

    private void Deliver(RespValue frame)
    {
        if (KeepsArrivals)
        {
            _arrivals.Enqueue(frame);
        }

        if (frame.IsPush && !IsSubscribeReply(frame) || MessagesAreArrays && IsMessage(frame))
        {
            OnPush?.Invoke(frame);
            _pushes.Enqueue(new ReceivedPush(frame, Stopwatch.GetTimestamp()));
            return;
        }

        TaskCompletionSource<RespValue>? reply;
        lock (_sendLock)
        {
            _waiting.TryDequeue(out reply);
        }

        if (reply is null)
        {
            throw new FormatException($"A reply nobody asked for: {frame}");
        }

        reply.SetResult(frame);
    }

    private void FailWaiting(string reason)
    {
        while (_waiting.TryDequeue(out var reply))
        {
            reply.TrySetException(new IOException($"Connection lost: {reason}"));
        }
    }

    private static bool IsSubscribeReply(RespValue frame) =>
        frame.Items is [var name, ..] && name.Text is { } text && text.EndsWith("subscribe", StringComparison.Ordinal);

    private static bool IsMessage(RespValue frame) =>
        frame.Items is [var name, _, _, ..] && name.Text is "message" or "pmessage" or "smessage";
}

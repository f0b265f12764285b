using System.Net.Sockets;
using System.Text;
using Baton.TestKit;
using Baton.TestKit.Processes;
using Baton.TestKit.Resp;
using Xunit;

namespace Baton.Integration.Tests.Passengers;

/// <summary>Clients that end while they wait, with a plain server beside: what is pushed afterwards is all there.</summary>
public abstract class EndOfClientTests(SwitchingCluster cluster)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string> Ends()
    {
        TheoryData<string, string> ends = [];
        foreach (string how in (string[])["FIN with the command", "FIN later", "half-closed", "reset"])
        {
            ends.Add(how, "BLPOP {key} 0");
            ends.Add(how, "BRPOPLPUSH {key} {key}to 0");
            ends.Add(how, "BLMPOP 0 2 {key} {key}x LEFT COUNT 2");
            ends.Add(how, "BLPOP {key}x {key} 0");
        }

        return ends;
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task what_is_pushed_after_clients_have_ended_is_all_there(string how, string command)
    {
        await using PlainRedis plain = await PlainRedis.StartAsync();
        Assert.Equal(50, await LeftOfAsync("127.0.0.1", plain.Port, how, command));

        Assert.Equal(50, await LeftOfAsync(await cluster.Process.HostAsync(), cluster.Process.Port, how, command));
    }

    [Fact]
    public async Task a_client_that_dies_while_it_waits_takes_no_more_with_it_than_from_a_plain_server()
    {
        await using PlainRedis plain = await PlainRedis.StartAsync();
        int lostByPlain = await LostAsync("127.0.0.1", plain.Port);
        int lost = await LostAsync(await cluster.Process.HostAsync(), cluster.Process.Port);

        TestContext.Current.TestOutputHelper?.WriteLine($"of 100: plain server {lostByPlain}, here {lost}");
        Assert.InRange(lost, 0, lostByPlain + 2);
    }

    [Theory]
    [InlineData("PING\r\nPOST / HTTP/1.1\r\nHost: x\r\n\r\nSET http 1\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nSET http 1\r\n")]
    [InlineData("*2\r\n$4\r\npost\r\n$1\r\nx\r\nSET http 1\r\n")]
    [InlineData("MULTI\r\nSET http 1\r\nhost: x\r\nEXEC\r\n")]
    public async Task an_http_request_ends_the_connection_and_nothing_after_it_runs(string request)
    {
        await using PlainRedis plain = await PlainRedis.StartAsync();
        foreach ((string host, int port) in new[] { ("127.0.0.1", plain.Port), (await cluster.Process.HostAsync(), cluster.Process.Port) })
        {
            await using RawConnection other = await RawConnection.ConnectAsync(host, port);
            await other.CallAsync("DEL", "http");
            using Socket socket = Connect(host, port);
            socket.Send(Encoding.ASCII.GetBytes(request));
            await ReadToEndAsync(socket);
            Assert.True((await other.CallAsync("GET", "http")).IsNull);
        }
    }

    [Fact]
    public async Task who_finishes_sending_gets_what_a_plain_server_gives()
    {
        await using PlainRedis plain = await PlainRedis.StartAsync();
        string[] inputs =
        [
            "BLPOP there 0|SET after 1|GET after", "BLPOP missing 0|SET after 1", "MULTI|SET after 1|EXEC|GET after", "WATCH after|LLEN there",
            "BLMOVE there to LEFT LEFT 0|LRANGE to 0 -1", "BLPOP missing 0.05|SET after 1", "SUBSCRIBE news", "SET after 1|GET after|PING",
            "SELECT 3|GET there",
        ];
        foreach (string input in inputs)
        {
            List<string> answers = [];
            foreach ((string host, int port) in new[] { ("127.0.0.1", plain.Port), (await cluster.Process.HostAsync(), cluster.Process.Port) })
            {
                await using RawConnection other = await RawConnection.ConnectAsync(host, port);
                await other.CallAsync("DEL", "there", "missing", "after", "to");
                await other.CallAsync("RPUSH", "there", "x");
                using Socket socket = Connect(host, port);
                socket.Send(Encoding.ASCII.GetBytes(input.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n"));
                socket.Shutdown(SocketShutdown.Send);
                string answer = await ReadToEndAsync(socket);
                answers.Add($"{answer} / {(await other.CallAsync("GET", "after")).Raw} {(await other.CallAsync("LLEN", "there")).Raw}");
            }

            Assert.Equal($"{input}: {answers[0]}", $"{input}: {answers[1]}");
        }
    }

    private static async Task<int> LeftOfAsync(string host, int port, string how, string command)
    {
        const int Waiters = 20;
        const int Pushed = 50;
        await using RawConnection other = await RawConnection.ConnectAsync(host, port);
        string key = $"ends:{how.Replace(' ', '-')}:{command.Split(' ')[0]}:{command.Length}";
        await other.CallAsync("DEL", key);
        byte[] bytes = Encoding.ASCII.GetBytes(command.Replace("{key}", key, StringComparison.Ordinal) + "\r\n");
        List<Socket> sockets = [.. Enumerable.Range(0, Waiters).Select(_ => Connect(host, port))];
        foreach (Socket socket in sockets)
        {
            socket.Send(bytes);
            if (how == "FIN with the command")
            {
                socket.Dispose();
            }
        }

        if (how != "FIN with the command")
        {
            await BlockedAsync(other, Waiters);
        }

        foreach (Socket socket in how == "FIN with the command" ? [] : sockets)
        {
            if (how == "half-closed")
            {
                socket.Shutdown(SocketShutdown.Send);
            }
            else
            {
                socket.LingerState = new LingerOption(how == "reset", 0);
                socket.Dispose();
            }
        }

        await BlockedAsync(other, 0);
        await ClientsAsync(other, 1);
        for (int i = 0; i < Pushed; i++)
        {
            await other.ExpectAsync(':', "RPUSH", key, $"{i}");
        }

        int left = (int)(await other.ExpectAsync(':', "LLEN", key)).Integer;
        sockets.ForEach(static socket => socket.Dispose());
        await other.CallAsync("DEL", key);
        return left;
    }

    /// <summary>A hundred times: one waits, dies, and at once an element comes.</summary>
    private static async Task<int> LostAsync(string host, int port)
    {
        await using RawConnection other = await RawConnection.ConnectAsync(host, port);
        await other.CallAsync("DEL", "dying");
        int lost = 0;
        for (int i = 0; i < 100; i++)
        {
            Socket waiter = Connect(host, port);
            waiter.Send("BLPOP dying 0\r\n"u8);
            await BlockedAsync(other, 1);
            waiter.Dispose();
            await other.ExpectAsync(':', "RPUSH", "dying", $"{i}");
            lost += (await other.CallAsync("LPOP", "dying")).IsNull ? 1 : 0;
            await BlockedAsync(other, 0);
        }

        return lost;
    }

    private static Task BlockedAsync(RawConnection other, int count) => Eventually.TrueAsync(
        async () => (await other.CallAsync("INFO", "clients")).Raw.Contains($"blocked_clients:{count}\r\n", StringComparison.Ordinal),
        Limit,
        $"{count} blocked");

    private static Task ClientsAsync(RawConnection other, int count) => Eventually.TrueAsync(
        async () => (await other.CallAsync("CLIENT", "LIST")).Text!.Count(static c => c == '\n') <= count, Limit, $"{count} clients");

    private static Socket Connect(string host, int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(host, port);
        return socket;
    }

    /// <summary>Everything until the server closes.</summary>
    private static async Task<string> ReadToEndAsync(Socket socket)
    {
        using CancellationTokenSource limit = new(Limit);
        byte[] buffer = new byte[4096];
        StringBuilder text = new();
        try
        {
            for (int read = await socket.ReceiveAsync(buffer, limit.Token); read > 0; read = await socket.ReceiveAsync(buffer, limit.Token))
            {
                text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            // With input of ours unread the end is a reset.
        }

        return text.ToString();
    }
}

using System.Buffers;
using System.Text;
using Baton.Protocol.Maintenance;
using Baton.Protocol.Resp;

namespace Baton.Client.StackExchangeRedis;

/// <summary>Tells a new connection what the old one was told, and reads what it says to that.</summary>
/// <param name="session">What there is to tell.</param>
/// <param name="passesMaintenance">Whether StackExchange.Redis wants other notifications than MOVING on this connection.</param>
internal sealed class Greeter(SessionRecord session, bool passesMaintenance)
{
    /// <summary>Without these the connection is another one than it should be; a server may refuse the others.</summary>
    private static readonly string[] Required = ["HELLO", "AUTH", "Select", "ReadOnly", "CLIENT TRACKING"];

    /// <summary>
    /// Everything that was told since the version already told, subscriptions included. Afterwards the connection has answered all of it.
    /// </summary>
    /// <exception cref="IOException">It has ended, or refuses what it must accept.</exception>
    public async Task TellAsync(GreetedLink greeted, CancellationToken cancellationToken)
    {
        var link = greeted.Link;
        using var abort = cancellationToken.UnsafeRegister(static state => ((Link)state!).Dispose(), link);
        try
        {
            await TellNowAsync(greeted).ConfigureAwait(false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && Connector.IsConnectFailure(e))
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private async Task TellNowAsync(GreetedLink greeted)
    {
        var link = greeted.Link;
        var (told, now) = (greeted.Told, session.Now);
        SessionEntry[] entries = [.. now.Entries.Where(entry => entry.Version > told.Version)];
        var token = PingMark.Next();
        var output = new ArrayBufferWriter<byte>();
        foreach (var entry in entries)
        {
            output.Write(session.Encode(entry, link.Remote));
        }

        foreach (var subscription in now.Subscriptions.Except(told.Subscriptions))
        {
            output.Write(subscription.Subscribe());
        }

        foreach (var subscription in told.Subscriptions.Except(now.Subscriptions))
        {
            output.Write(subscription.Unsubscribe());
        }

        output.Write(PingMark.Ping(token));
        await link.SendAsync(output.WrittenMemory).ConfigureAwait(false);
        await ReadUntilAsync(greeted, entries, token).ConfigureAwait(false);
        greeted.Told = now;
    }

    private async Task ReadUntilAsync(GreetedLink greeted, SessionEntry[] entries, byte[] token)
    {
        var answered = 0;
        while (true)
        {
            while (greeted.Link.TryReadFrame(out var frame))
            {
                if (frame[0] == '>')
                {
                    OnPush(greeted, frame);
                }
                else if (PingMark.IsAnswer(frame, token))
                {
                    return;
                }
                else if (answered < entries.Length)
                {
                    Check(entries[answered++], frame);
                }
            }

            if (greeted.Link.HasEnded)
            {
                throw new IOException($"The connection to {greeted.Link.Place} ended during the greeting.");
            }

            await greeted.Link.ReceiveAsync().ConfigureAwait(false);
        }
    }

    private void OnPush(GreetedLink greeted, ReadOnlySpan<byte> frame)
    {
        switch (PushFrames.KindOf(frame))
        {
            case PushKind.Confirmation:
                // StackExchange.Redis has had its confirmation when it subscribed.
                break;
            case PushKind.Moving:
                greeted.Moving = MaintenanceNotificationReader.TryRead(frame, out var moving) ? moving : greeted.Moving;
                break;
            case PushKind.Maintenance or PushKind.Other when !passesMaintenance:
                break;
            default:
                greeted.Early.Add(frame.ToArray());
                break;
        }
    }

    private static void Check(SessionEntry entry, ReadOnlySpan<byte> reply)
    {
        var isHello = entry.Key == SessionRecord.HelloKey;
        if ((isHello && reply[0] != '%') || (Required.Contains(entry.Key) && reply[0] is (byte)'-' or (byte)'!'))
        {
            // A reply to credentials is the server's own text, which does not repeat them.
            throw new IOException($"The server answered {entry.Key} with \"{Encoding.UTF8.GetString(reply).TrimEnd()}\".");
        }
    }
}

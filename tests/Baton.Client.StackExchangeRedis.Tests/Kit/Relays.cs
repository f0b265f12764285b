using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Baton.Client.StackExchangeRedis.Tests.Kit;

/// <summary>Relays as these tests want them.</summary>
internal static class Relays
{
    public static HandoffRelay InFrontOf(
        PlainRedis server, string address = "127.0.0.1", int port = 0, int delayMs = 0, bool isMute = false, X509Certificate2? certificate = null) =>
        new(new IPEndPoint(IPAddress.Loopback, server.Port), address, TimeProvider.System, port)
        {
            Settings = new RelaySettings { RoundTrip = TimeSpan.FromMilliseconds(delayMs), IsMute = isMute, Certificate = certificate },
        };

    extension(HandoffRelay relay)
    {
        public int Port => relay.Address.Port;

        public string Place => relay.Address.ToString();

        public void Tell(string frame) => relay.Tell(Encoding.Latin1.GetBytes(frame));

        public void TellMoving(int sequence, int seconds, string? target) =>
            relay.Tell($">4\r\n$6\r\nMOVING\r\n:{sequence}\r\n:{seconds}\r\n{(target is null ? "_" : $"${target.Length}\r\n{target}")}\r\n");
    }
}

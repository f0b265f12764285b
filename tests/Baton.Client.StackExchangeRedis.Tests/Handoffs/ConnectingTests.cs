using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Baton.Client.StackExchangeRedis.Tests.Kit;
using Baton.TestKit;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;
using Xunit;

namespace Baton.Client.StackExchangeRedis.Tests.Handoffs;

/// <summary>TLS, tunnels of the user's own, protocols, and mistakes in configuring.</summary>
public sealed class ConnectingTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private PlainRedis _redis = null!;

    public async ValueTask InitializeAsync() => _redis = await PlainRedis.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task TLS_is_made_for_the_configured_name_also_at_the_new_place()
    {
        using var certificate = Certificate("db.cluster.test");
        await using var a = Relays.InFrontOf(_redis, certificate: certificate);
        await using var b = Relays.InFrontOf(_redis, certificate: certificate);
        var names = new ConcurrentQueue<string?>();
        await using var client = await RelayedMultiplexer.ConnectAsync(
            $"{a.Place},ssl=true,sslHost=db.cluster.test",
            options => options.CertificateValidation += (sender, shown, _, errors) =>
            {
                names.Enqueue(((System.Net.Security.SslStream)sender).TargetHostName);
                return (errors & System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch) == 0
                    && shown!.GetCertHashString() == certificate.GetCertHashString();
            });
        await Eventually.TrueAsync(() => a.OptIns.Count >= 2, Limit, "opt-ins");
        Assert.All(a.OptIns, form => Assert.Equal("internal-fqdn", form));
        var load = new IncrementLoad(client.Database);
        a.TellMoving(1, 5, b.Place);

        await Eventually.TrueAsync(() => a.Open == 0 && b.Open == 2, Limit, "move");
        await load.MoreAsync(20);
        Assert.Equal(await load.StopAsync(), load.Acknowledged);
        Assert.Equal(0, load.Failed);
        Assert.Empty(client.Failures);
        Assert.Equal(4, names.Count);
        Assert.All(names, name => Assert.Equal("db.cluster.test", name));
    }

    [Fact]
    public async Task A_certificate_that_is_refused_is_a_failed_connection()
    {
        using var certificate = Certificate("somebody.else");
        await using var a = Relays.InFrontOf(_redis, certificate: certificate);
        await Assert.ThrowsAsync<StackExchange.Redis.RedisConnectionException>(() => RelayedMultiplexer.ConnectAsync(
            $"{a.Place},ssl=true,sslHost=db.cluster.test,connectTimeout=1000,connectRetry=1"));
    }

    [Fact]
    public async Task The_users_own_tunnel_is_kept_and_led_to_the_new_place()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var b = Relays.InFrontOf(_redis);
        var own = new NotingTunnel();
        await using var client = await RelayedMultiplexer.ConnectAsync(a.Place, options => options.Tunnel = own);
        await Eventually.TrueAsync(() => a.OptIns.Count >= 2, Limit, "opt-ins");
        a.TellMoving(1, 5, b.Place);

        await Eventually.TrueAsync(() => a.Open == 0 && b.Open == 2, Limit, "move");
        Assert.Equal([a.Port, a.Port, b.Port, b.Port], own.Ports.Order().ToArray() is var ports && a.Port < b.Port ? ports : [.. ports.Reverse()]);
        Assert.True(await client.Database.StringSetAsync("through", "the tunnel"));
    }

    [Fact]
    public async Task RESP2_is_passed_through()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var client = await RelayedMultiplexer.ConnectAsync($"{a.Place},protocol=resp2");
        var heard = new TaskCompletionSource<StackExchange.Redis.RedisValue>();
        await client.Subscriber.SubscribeAsync(RedisChannel.Literal("channel"), (_, message) => heard.TrySetResult(message));
        await client.Subscriber.PublishAsync(RedisChannel.Literal("channel"), "message");

        Assert.Equal("message", await heard.Task.Within(Limit));
        Assert.Empty(a.OptIns);
    }

    [Fact]
    public async Task A_shared_connection_for_commands_and_messages_moves_too()
    {
        await using var a = Relays.InFrontOf(_redis);
        await using var b = Relays.InFrontOf(_redis);
        await using var client = await RelayedMultiplexer.ConnectAsync(a.Place, options => options.SharedSubscriptionConnection = true);
        var heard = new ConcurrentQueue<long>();
        await client.Subscriber.SubscribeAsync(RedisChannel.Literal("channel"), (_, message) => heard.Enqueue((long)message));
        await Eventually.TrueAsync(() => !a.OptIns.IsEmpty, Limit, "opt-in");
        var load = new IncrementLoad(client.Database);
        a.TellMoving(1, 5, b.Place);
        await Eventually.TrueAsync(() => a.Open == 0 && b.Open == a.Accepted, Limit, "move");
        await client.Subscriber.PublishAsync(RedisChannel.Literal("channel"), 1);

        await Eventually.TrueAsync(() => !heard.IsEmpty, Limit, "message");
        Assert.Equal(await load.StopAsync(), load.Acknowledged);
        Assert.Equal(0, load.Failed);
        Assert.Empty(client.Failures);
    }

    [Fact]
    public void Calling_it_twice_is_an_error_that_says_so()
    {
        var options = ConfigurationOptions.Parse("localhost").UseBatonHandoffs();
        Assert.Contains("before", Assert.Throws<InvalidOperationException>(() => options.UseBatonHandoffs()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_options_are_set_as_documented()
    {
        var options = ConfigurationOptions.Parse("somewhere,ssl=true").UseBatonHandoffs();
        Assert.False(options.Ssl);
        Assert.Equal(6380, ((DnsEndPoint)options.EndPoints[0]).Port);
        Assert.Equal(MaintenanceNotificationMode.Auto, options.MaintenanceNotifications);
        Assert.Equal(TimeSpan.FromMinutes(10), options.MaintenanceRelaxedWindowMax);

        var own = ConfigurationOptions.Parse("somewhere").UseBatonHandoffs(new MaintenanceOptions
        {
            Mode = MaintenanceMode.Enabled, RelaxedTimeout = TimeSpan.FromSeconds(7), Tail = TimeSpan.FromSeconds(3),
        });
        Assert.Equal(MaintenanceNotificationMode.Enabled, own.MaintenanceNotifications);
        Assert.Equal(TimeSpan.FromSeconds(7), own.MaintenanceRelaxedTimeout);
        Assert.Equal(TimeSpan.FromSeconds(3), own.MaintenancePostEventRelaxedDuration);
        Assert.Throws<ArgumentException>(() => ConfigurationOptions.Parse("x").UseBatonHandoffs(new MaintenanceOptions { DnsPoll = TimeSpan.Zero }));
    }

    private static X509Certificate2 Certificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    private sealed class NotingTunnel : Tunnel
    {
        public ConcurrentQueue<int> Ports { get; } = [];

        public override ValueTask<Stream?> BeforeAuthenticateAsync(
            EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
        {
            Ports.Enqueue(((IPEndPoint)endpoint).Port);
            return new ValueTask<Stream?>(new NetworkStream(socket!, ownsSocket: true));
        }
    }
}

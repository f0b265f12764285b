using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Baton.Cluster.Model;
using Baton.Cluster.Requests;
using Baton.Server.Control;
using Baton.Server.Rest;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Baton.Server.Tests.Rest;

/// <summary>The real API on a free port over TLS, with three nodes and one active database of two shards and their replicas.</summary>
internal sealed class RestWorld : IAsyncDisposable
{
    public const string User = "test@redis.com";
    public const string Password = "test123";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("baton-rest-");
    private readonly X509Certificate2 _certificate;
    private readonly UserStore _users = UserStore.InMemory(iterations: 10);
    private RestServer? _server;

    private RestWorld()
    {
        Controller = new FakeController(Clock);
        _certificate = RestCertificate.LoadOrCreate(
            Path.Combine(_directory.FullName, "certificate.pem"), "cluster.test", [IPAddress.Parse("127.0.0.11")], TimeProvider.System, new ControlFeed());
        _users.Set(User, Password);
        Http = new HttpClient(Handler(_certificate)) { Timeout = Limit };
    }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    public FakeController Controller { get; }

    public HttpClient Http { get; }

    public IPEndPoint Address => _server!.Address;

    public static async Task<RestWorld> StartAsync()
    {
        var world = new RestWorld();
        await world.PrepareAsync();
        var services = new RestServices(world.Controller, new SilentDataPlane(), world._users, world.Clock);
        world._server = await RestServer.StartAsync(
            new RestServerOptions([new IPEndPoint(IPAddress.Loopback, 0)], world._certificate), services, CancellationToken.None);
        world.Http.BaseAddress = new Uri($"https://localhost:{world.Address.Port}");
        world.SignIn(User, Password);
        return world;
    }

    public void SignIn(string name, string password) => Http.DefaultRequestHeaders.Authorization =
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));

    public Task<RestAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public Task<RestAnswer> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, Json(body));

    public Task<RestAnswer> PostAsync(string path, string body) => SendAsync(HttpMethod.Post, path, Json(body));

    public async Task<RestAnswer> SendAsync(HttpMethod method, string path, HttpContent? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var headers = response.Headers.Concat(response.Content.Headers).ToDictionary(pair => pair.Key, pair => string.Join(',', pair.Value));
        return new RestAnswer((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text), headers);
    }

    /// <summary>A TLS connection to talk over by hand.</summary>
    public async Task<SslStream> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Address);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true), false, (_, shown, _, _) => shown is not null);
        await stream.AuthenticateAsClientAsync("localhost");
        return stream;
    }

    /// <summary>Marks every operation as over and every database and shard as active, as the controller would.</summary>
    public void FinishEverything()
    {
        var state = Controller.State;
        Controller.State = state with
        {
            Databases = state.Databases.ToImmutableSortedDictionary(
                pair => pair.Key, pair => pair.Value with { Status = DatabaseStatus.Active, BoundNodes = [1], ListeningNodes = [1] }),
            Shards = state.Shards.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value with { Status = ShardStatus.Active }),
            Operations = state.Operations.ToImmutableSortedDictionary(
                pair => pair.Key,
                pair => pair.Value with { Status = OperationStatus.Completed, Progress = 100, FinishedAt = Clock.GetUtcNow() }),
        };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server!.DisposeAsync();
        _certificate.Dispose();
        _users.Dispose();
        _directory.Delete(recursive: true);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static SocketsHttpHandler Handler(X509Certificate2 trusted) => new()
    {
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, shown, _, errors) =>
                shown!.GetRawCertData().AsSpan().SequenceEqual(trusted.RawData)
                && !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch),
        },
    };

    private async Task PrepareAsync()
    {
        Controller.State = Controller.State with
        {
            Settings = Controller.State.Settings with
            {
                CreatedTime = Clock.GetUtcNow(),
                DefaultEngine = "redis",
                Engines = Controller.State.Settings.Engines.SetItem("redis", new EngineTraits(Replication: true)),
            },
            Nodes = Enumerable.Range(1, 3).ToImmutableSortedDictionary(
                uid => uid, uid => new NodeState { Uid = uid, Address = $"127.0.0.{10 + uid}" }),
        };
        var create = new CreateDatabase
        {
            Name = "db1", Port = 12000, MemorySize = 1 << 30, ShardsCount = 2, Replication = true, Password = "secret",
        };
        var result = await Controller.RequestAsync(create, CancellationToken.None);
        Assert.True(result.Accepted);
        FinishEverything();
        Controller.Requests.Clear();
    }
}

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Baton.Client.Tests.Configuration;

public sealed class DependencyInjectionTests
{
    [Fact]
    public async Task A_client_is_a_singleton_that_is_made_without_a_server()
    {
        // Port 1 refuses: nothing waits for the connection, and nothing fails before a command does.
        await using var provider = new ServiceCollection().AddBatonRedis("redis://127.0.0.1:1?commandTimeout=infinite").BuildServiceProvider();

        var client = provider.GetRequiredService<RedisClient>();

        Assert.Same(client, provider.GetRequiredService<RedisClient>());
        Assert.Same(client, provider.GetRequiredService<RedisCommands>());
        var waiting = client.PingAsync();
        await provider.DisposeAsync();
        var error = await Assert.ThrowsAsync<RedisConnectionException>(async () => await waiting);
        Assert.Equal((CloseReason.Disposed, CommandOutcome.NotSent), (error.Reason, error.Outcome));
    }

    [Fact]
    public async Task A_container_may_end_without_awaiting()
    {
        var provider = new ServiceCollection().AddBatonRedis("redis://127.0.0.1:1").BuildServiceProvider();
        var client = provider.GetRequiredService<RedisClient>();

        provider.Dispose();

        await Assert.ThrowsAsync<RedisConnectionException>(async () => await client.PingAsync());
    }

    [Fact]
    public async Task Options_are_composed()
    {
        var services = new ServiceCollection().AddBatonRedis("redis://h/3");
        services.Configure<BatonRedisOptions>(options => options.Client = options.Client with { ClientName = "app" });
        await using var provider = services.BuildServiceProvider();

        var client = provider.GetRequiredService<IOptions<BatonRedisOptions>>().Value.Client;

        Assert.Equal((3, "app"), (client.Database, client.ClientName));
    }

    [Fact]
    public async Task Clients_under_keys_have_options_of_their_own()
    {
        await using var provider = new ServiceCollection()
            .AddKeyedBatonRedis("cache", "redis://127.0.0.1:1/1")
            .AddKeyedBatonRedis("queue", settings => settings.Client = settings.Client with { Database = 2, Endpoints = [new("127.0.0.1", 1)] })
            .BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<BatonRedisOptions>>();

        Assert.Equal((1, 2), (options.Get("cache").Client.Database, options.Get("queue").Client.Database));
        Assert.NotSame(provider.GetRequiredKeyedService<RedisClient>("cache"), provider.GetRequiredKeyedService<RedisClient>("queue"));
        Assert.Same(provider.GetRequiredKeyedService<RedisClient>("cache"), provider.GetRequiredKeyedService<RedisCommands>("cache"));
        Assert.Null(provider.GetService<RedisClient>());
    }

    [Fact]
    public void A_section_is_bound_by_the_names_of_the_properties()
    {
        var options = Read(
            ("Redis:Endpoints:0", "h1:1"),
            ("Redis:Endpoints:1", "[::1]:2"),
            ("Redis:Password", "secret"),
            ("Redis:CommandTimeout", "00:00:02"),
            ("Redis:Tls:ServerName", "name"),
            ("Redis:Maintenance:Mode", "Enabled"),
            ("Redis:Maintenance:EndpointForm", "InternalFqdn"),
            ("Redis:Maintenance:RelaxedTimeout", "30s"));

        Assert.Equal("h1:1 [::1]:2", string.Join(' ', options.Endpoints));
        Assert.Equal(("secret", 2, "name"), (options.Password, options.CommandTimeout.TotalSeconds, options.Tls!.ServerName));
        Assert.Equal(
            new MaintenanceOptions
            {
                Mode = MaintenanceMode.Enabled, EndpointForm = MovingEndpointForm.InternalFqdn, RelaxedTimeout = TimeSpan.FromSeconds(30),
            },
            options.Maintenance);
    }

    [Fact]
    public void A_section_is_a_connection_string_or_has_one_that_its_other_keys_change()
    {
        Assert.Equal(4, Read(("Redis", "redis://h/4")).Database);

        var options = Read(("Redis:ConnectionString", "rediss://h/4"), ("Redis:Database", "5"), ("Redis:Tls", "true"));

        Assert.Equal((5, true), (options.Database, options.Tls is not null));
    }

    [Theory]
    [InlineData("Redis:Colour", "red", "Redis:Colour")]
    [InlineData("Redis:Maintenance:Colour", "red", "Redis:Maintenance:Colour")]
    [InlineData("Redis:Tls:ValidateCertificate", "x", "Redis:Tls:ValidateCertificate")]
    [InlineData("Redis:Other:Thing", "x", "Redis:Other:Thing")]
    [InlineData("Redis:AbortConnect", "false", "Redis:AbortConnect")]
    [InlineData("Redis:Maintenance:Tail", "long", "Redis:Maintenance:Tail must be a time")]
    public void A_key_that_is_wrong_is_named(string key, string value, string named)
    {
        var error = Assert.Throws<ArgumentException>(() => Read((key, value)));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    private static RedisClientOptions Read(params (string Key, string Value)[] values)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(values.Select(value => new KeyValuePair<string, string?>(value.Key, value.Value))).Build();
        using var provider = new ServiceCollection().AddBatonRedis(configuration.GetSection("Redis")).BuildServiceProvider();
        return provider.GetRequiredService<IOptions<BatonRedisOptions>>().Value.Client;
    }
}

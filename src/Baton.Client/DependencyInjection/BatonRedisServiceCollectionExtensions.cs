using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Baton.Client;

/// <summary>
/// Baton's client in a service collection: a singleton <see cref="RedisClient"/>, also to be had as <see cref="RedisCommands"/>, which begins to
/// connect in the background when it is first asked for. It logs to the collection's <see cref="ILoggerFactory"/> and takes its
/// <see cref="TimeProvider"/> unless the options name others.
/// </summary>
public static class BatonRedisServiceCollectionExtensions
{
    /// <summary>Adds a client.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="connectionString">See <see cref="RedisClientOptions.Parse"/>; read at once.</param>
    /// <exception cref="ArgumentException">The text cannot be read; the error names the part.</exception>
    public static IServiceCollection AddBatonRedis(this IServiceCollection services, string connectionString)
    {
        var options = RedisClientOptions.Parse(connectionString);
        return services.AddBatonRedis(settings => settings.Client = options);
    }

    /// <summary>Adds a client.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="configure">Changes the options; more changes can be added with <c>services.Configure&lt;BatonRedisOptions&gt;</c>.</param>
    public static IServiceCollection AddBatonRedis(this IServiceCollection services, Action<BatonRedisOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<BatonRedisOptions>().Configure(configure);
        services.TryAddSingleton(static provider => Create(provider, Options.DefaultName));
        services.TryAddSingleton<RedisCommands>(static provider => provider.GetRequiredService<RedisClient>());
        return services;
    }

    /// <summary>Adds a client configured by a section, or by the connection string that is its value.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="configuration">
    /// A section with <c>ConnectionString</c>, <c>Endpoints</c> and the options by the names of their properties
    /// (<c>Maintenance:RelaxedTimeout</c>) or those of connection strings. Read when the client is first asked for.
    /// </param>
    /// <exception cref="ArgumentException">Thrown when the client is made: a value cannot be read, or a key is unknown; the error names the key.</exception>
    public static IServiceCollection AddBatonRedis(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddBatonRedis(settings => settings.Client = OptionsFromConfiguration.Read(configuration, settings.Client));
    }

    /// <summary>Adds a client under a key: <c>[FromKeyedServices("cache")] RedisClient redis</c></summary>
    /// <param name="services">The collection.</param>
    /// <param name="key">The key, which is also the name of its <see cref="BatonRedisOptions"/>.</param>
    /// <param name="connectionString">See <see cref="RedisClientOptions.Parse"/>; read at once.</param>
    /// <exception cref="ArgumentException">The text cannot be read; the error names the part.</exception>
    public static IServiceCollection AddKeyedBatonRedis(this IServiceCollection services, string key, string connectionString)
    {
        var options = RedisClientOptions.Parse(connectionString);
        return services.AddKeyedBatonRedis(key, settings => settings.Client = options);
    }

    /// <summary>Adds a client under a key, configured by a section.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="key">The key, which is also the name of its <see cref="BatonRedisOptions"/>.</param>
    /// <param name="configuration">As for <see cref="AddBatonRedis(IServiceCollection, IConfiguration)"/>.</param>
    public static IServiceCollection AddKeyedBatonRedis(this IServiceCollection services, string key, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return services.AddKeyedBatonRedis(key, settings => settings.Client = OptionsFromConfiguration.Read(configuration, settings.Client));
    }

    /// <summary>Adds a client under a key.</summary>
    /// <param name="services">The collection.</param>
    /// <param name="key">The key, which is also the name of its <see cref="BatonRedisOptions"/>.</param>
    /// <param name="configure">Changes the options.</param>
    public static IServiceCollection AddKeyedBatonRedis(this IServiceCollection services, string key, Action<BatonRedisOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<BatonRedisOptions>(key).Configure(configure);
        services.TryAddKeyedSingleton(key, static (provider, serviceKey) => Create(provider, (string)serviceKey!));
        services.TryAddKeyedSingleton<RedisCommands>(
            key, static (provider, serviceKey) => provider.GetRequiredKeyedService<RedisClient>(serviceKey));
        return services;
    }

    private static RedisClient Create(IServiceProvider provider, string name)
    {
        var options = provider.GetRequiredService<IOptionsMonitor<BatonRedisOptions>>().Get(name).Client;
        if (options.LoggerFactory == NullLoggerFactory.Instance && provider.GetService<ILoggerFactory>() is { } loggers)
        {
            options = options with { LoggerFactory = loggers };
        }

        if (options.TimeProvider == TimeProvider.System && provider.GetService<TimeProvider>() is { } clock)
        {
            options = options with { TimeProvider = clock };
        }

        return RedisClient.Create(options);
    }
}

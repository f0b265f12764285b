using StackExchange.Redis;

namespace Baton.Client.StackExchangeRedis;

/// <summary>Smart client handoffs for StackExchange.Redis.</summary>
public static class BatonHandoffExtensions
{
    /// <summary>StackExchange.Redis' own cap of a relaxed window, when nobody has set one: three times the relaxed timeout.</summary>
    private const int OwnWindowFactor = 3;

    /// <summary>
    /// Puts Baton's handoff engine beneath StackExchange.Redis: connections move when the server announces it, without a failed command. Call it
    /// last, when everything else of <paramref name="options"/> is set, and before connecting.
    /// </summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>TLS is made by the adapter, with the settings of <paramref name="options"/>; <see cref="ConfigurationOptions.Ssl"/> reads false
    /// afterwards.</item>
    /// <item><see cref="ConfigurationOptions.MaintenanceNotifications"/> becomes Auto when it was Disabled, so that StackExchange.Redis relaxes its
    /// timeouts and raises its events; an announced window of a shard operation counts up to
    /// <see cref="MaintenanceOptions.LongestWindow"/> instead of 30 s.</item>
    /// <item>A <see cref="ConfigurationOptions.Tunnel"/> that is already there is kept and connects: also to the place a handoff leads to.</item>
    /// <item>RESP2 connections, OSS cluster nodes and sentinels (<see cref="ConfigurationOptions.ServiceName"/>) are passed through as they are,
    /// without handoffs.</item>
    /// </list>
    /// </remarks>
    /// <param name="options">What the multiplexer is made of.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="InvalidOperationException">It was called for these options before.</exception>
    public static ConfigurationOptions UseBatonHandoffs(this ConfigurationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var maintenance = new MaintenanceOptions();
        if (options.MaintenanceRelaxedWindowMax == OwnWindowFactor * options.MaintenanceRelaxedTimeout)
        {
            options.MaintenanceRelaxedWindowMax = maintenance.LongestWindow;
        }

        return Install(options, new HandoffSettings(options, maintenance));
    }

    /// <summary>
    /// The same with options of your own. <see cref="MaintenanceOptions.RelaxedTimeout"/>, <see cref="MaintenanceOptions.LongestWindow"/> and
    /// <see cref="MaintenanceOptions.Tail"/> are given to StackExchange.Redis, which counts its own timeouts.
    /// <see cref="MaintenanceOptions.HoldLimit"/> and <see cref="MaintenanceOptions.RelaxedBlockingMargin"/> have no meaning here: the replies of
    /// one connection come in order, so nothing can be answered before the old connection's last reply.
    /// </summary>
    /// <param name="options">What the multiplexer is made of.</param>
    /// <param name="maintenance">How to move.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">An option has a value it cannot have; the text names it.</exception>
    /// <exception cref="InvalidOperationException">It was called for these options before.</exception>
    public static ConfigurationOptions UseBatonHandoffs(this ConfigurationOptions options, MaintenanceOptions maintenance)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(maintenance);
        maintenance.Validate();
        options.MaintenanceRelaxedTimeout =
            maintenance.RelaxedTimeout == Timeout.InfiniteTimeSpan ? maintenance.LongestWindow : maintenance.RelaxedTimeout;
        options.MaintenanceRelaxedWindowMax = maintenance.LongestWindow;
        options.MaintenancePostEventRelaxedDuration = maintenance.Tail;
        return Install(options, new HandoffSettings(options, maintenance));
    }

    /// <summary>For tests: with a resolver, a clock or a seed of their own.</summary>
    internal static ConfigurationOptions Install(ConfigurationOptions options, HandoffSettings settings)
    {
        if (options.Tunnel is HandoffTunnel)
        {
            throw new InvalidOperationException("UseBatonHandoffs was called for these options before.");
        }

        if (settings.Maintenance.Mode == MaintenanceMode.Enabled)
        {
            options.MaintenanceNotifications = MaintenanceNotificationMode.Enabled;
        }
        else if (settings.Maintenance.Mode == MaintenanceMode.Auto && options.MaintenanceNotifications == MaintenanceNotificationMode.Disabled)
        {
            options.MaintenanceNotifications = MaintenanceNotificationMode.Auto;
        }

        // The default port depends on TLS, which StackExchange.Redis does not know of from here on.
        options.SetDefaultPorts();
        options.Tunnel = new HandoffTunnel(settings with { Inner = options.Tunnel, Tls = options.Ssl ? new TlsSettings(options) : null });
        options.Ssl = false;
        return options;
    }
}

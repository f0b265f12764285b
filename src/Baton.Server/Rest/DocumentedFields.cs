using System.Collections.Frozen;

namespace Baton.Server.Rest;

/// <summary>
/// The documented fields of the cluster, cluster policy and database objects that mean nothing to Baton: accepted, kept and given back.
/// Fields that mean something are read by their resource and are not in these tables. Everything else is unknown and refused by name.
/// </summary>
internal static class DocumentedFields
{
    /// <summary>Of the cluster object.</summary>
    public static readonly FrozenDictionary<string, DocumentedField> Cluster = Table(
        booleans:
        """
        dmc_external_authentication dmc_external_cba_authentication dmc_external_entraid_authentication dmc_external_ldap_authentication
        email_alerts=false encrypt_pkeys=false handle_redirects=false http_support=false mask_bdb_credentials!=true metrics_auth
        mtls_certificate_authentication options_method_forbidden password_complexity=false robust_crdt_syncer slowlog_in_sanitized_support
        smtp_use_tls slave_ha=false rack_aware=false upgrade_mode=false use_external_ipv6 use_ipv6 wait_command
        control_plane_basic_authentication system_user_auth
        """,
        integers:
        """
        availability_lag_tolerance_ms=100 cm_port=8443 cm_session_timeout_minutes=15 cnm_http_max_threads_per_worker cnm_http_port=8080
        cnm_http_workers crdb_coordinator_port crdt_rest_client_retries crdt_rest_client_timeout crdt_supported_featureset_version
        envoy_admin_port envoy_max_downstream_connections envoy_mgmt_server_port gossip_envoy_admin_port password_expiration_duration
        password_min_length proxy_max_ccs_disconnection_time slave_ha_bdb_cooldown_period=86400 slave_ha_cooldown_period=3600
        slave_ha_grace_period=900 smtp_port
        """,
        texts:
        """
        bigstore_driver cluster_ssh_public_key control_cipher_suites control_cipher_suites_tls_1_3 data_cipher_list
        data_cipher_suites_tls_1_3 debuginfo_path disconnect_clients_on_password_removal email_from min_control_TLS_version
        min_data_TLS_version min_sentinel_TLS_version mtls_client_cert_subject_validation_type multi_commands_opt proxy_certificate
        replica_sconns_on_demand s3_ca_cert s3_url sentinel_cipher_suites_tls_1_3 sentinel_tls_mode sentinel_ssl_policy smtp_host
        smtp_password smtp_tls_mode smtp_username syncer_certificate
        """,
        arrays: "crdt_supported_protocol_versions mtls_authorized_subjects reserved_ports=[] sentinel_cipher_suites",
        objects:
        """
        alert_settings crdt_supported_featureset_version_map crdt_supported_module_featureset_version_map
        crdt_supported_protocol_versions_map logrotate_settings
        """);

    /// <summary>Of the cluster policy (settings) object.</summary>
    public static readonly FrozenDictionary<string, DocumentedField> Policy = Table(
        booleans:
        """
        auto_recovery=false data_internode_encryption=false db_conns_auditing=false default_fork_evict_ram default_oss_cluster=false
        persistent_node_removal=false resp3_default=true shards_overbooking show_internals=false slave_ha=false rack_aware=false
        """,
        integers:
        """
        bigstore_migrate_node_threshold bigstore_migrate_node_threshold_p bigstore_provision_node_threshold
        bigstore_provision_node_threshold_p default_concurrent_restore_actions login_lockout_counter_reset_after login_lockout_duration
        login_lockout_threshold max_saved_events_per_type max_simultaneous_backups parallel_shards_upgrade redis_migrate_node_threshold
        redis_migrate_node_threshold_p redis_provision_node_threshold redis_provision_node_threshold_p
        slave_ha_bdb_cooldown_period slave_ha_cooldown_period slave_ha_grace_period
        """,
        texts:
        """
        acl_pubsub_default default_provisioned_redis_version failure_detection_sensitivity="high"
        oss_cluster_api_preferred_endpoint_type="ip"
        oss_cluster_api_preferred_ip_type="internal" persistence_cleanup_scan_interval redis_upgrade_policy="major" watchdog_profile
        """,
        arrays: "",
        objects: "");

    /// <summary>Of the database object.</summary>
    public static readonly FrozenDictionary<string, DocumentedField> Database = Table(
        booleans:
        """
        auto_shards_balancing auto_upgrade=false backup bigstore!=false crdt!=false crdt_causal_consistency crdt_sync_dist
        crdt_syncer_auto_oom_unlatch data_internode_encryption db_conns_auditing default_user=true email_alerts generate_text_monitor
        implicit_shard_key=false internal=false link_sconn_on_full_request metrics_export_all mkms=true mtls_allow_outdated_certs
        mtls_allow_weak_hashing oss_cluster!=false oss_sharding rack_aware=false replica_sync_dist resp3=true
        shard_block_crossslot_keys=false shard_block_foreign_keys=true slave_ha ssl!=false wait_command=true
        """,
        integers:
        """
        account_id auto_shards_balancing_grace_period backup_history backup_interval backup_interval_offset bigstore_ram_size
        bigstore_max_ram_ratio
        conns=5 conns_global_maximum_dedicated conns_minimum_dedicated crdt_config_version crdt_featureset_version crdt_protocol_version
        crdt_replica_id gradual_src_max_sources gradual_sync_max_shards_per_source max_aof_file_size max_aof_load_time
        max_client_pipeline=200 max_connections=0 max_pipelined=2000 partial_request_timeout_seconds=3 preemptive_drain_timeout_seconds=2
        recovery_wait_time slave_ha_priority throughput_ingress tracking_table_max_keys
        """,
        texts:
        """
        authentication_admin_pass authentication_sasl_pass authentication_sasl_uname backup_failure_reason backup_status
        client_cert_subject_validation_type conns_type crdt_ghost_replica_ids crdt_guid crdt_replicas crdt_sync disabled_commands
        dns_address_master dns_suffixes enforce_client_authentication export_failure_reason export_status gradual_src_mode gradual_sync_mode
        hash_slots_policy="16k" import_failure_reason import_status last_backup_time last_export_time master_persistence multi_commands_opt
        oss_cluster_api_preferred_endpoint_type="ip" oss_cluster_api_preferred_ip_type="internal" redis_version replica_read_only
        replica_sync sched_policy skip_import_analyze sync syncer_log_level syncer_mode tls_mode!="disabled" topology_epoch type!="redis"
        version
        """,
        arrays:
        """
        authentication_ssl_client_certs authentication_ssl_crdt_certs authorized_names authorized_subjects avoid_nodes=[] background_op
        bigstore_ram_weights crdt_modules crdt_sources dataset_import_sources email_alert_receivers module_list!=[] replica_sources!=[]
        roles_permissions snapshot_policy sync_sources tags=[] use_nodes=[]
        """,
        objects: "backup_location endpoint_ip sync_status_details",
        others: "backup_progress crdt_repl_backlog_size export_progress import_progress repl_backlog_size slave_buffer endpoint_node");

    /// <summary>
    /// Reads the tables above: words separated by blanks; <c>name=json</c> has a default that is shown, <c>name!=json</c> a default that is
    /// the only value accepted.
    /// </summary>
    private static FrozenDictionary<string, DocumentedField> Table(
        string booleans, string integers, string texts, string arrays, string objects, string others = "")
    {
        var table = new Dictionary<string, DocumentedField>(StringComparer.Ordinal);
        Add(booleans, FieldKind.Boolean);
        Add(integers, FieldKind.Integer);
        Add(texts, FieldKind.Text);
        Add(arrays, FieldKind.Array);
        Add(objects, FieldKind.Object);
        Add(others, FieldKind.Any);
        return table.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(string words, FieldKind kind)
        {
            foreach (var word in words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = word.Split('=', 2);
                var only = parts[0].EndsWith('!');
                var value = parts.Length == 2 ? parts[1] : null;
                table.Add(parts[0].TrimEnd('!'), new DocumentedField(kind, value, only ? value : null, CodeOf(parts[0])));
            }
        }
    }

    private static string CodeOf(string word) => word switch
    {
        "oss_cluster!" => "invalid_oss_cluster_configuration",
        "module_list!" => "missing_module",
        _ => "not_supported",
    };
}

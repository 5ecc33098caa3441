<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'wordpress');
define('DB_PASSWORD', 'wordpress');
define('DB_HOST', getenv('VIRTCMP_DB') ?: 'db');
foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as $key)
	define($key, 'testbed-' . $key);
// The page answers under whatever name it is asked for, without a redirect.
define('WP_HOME', 'http://' . ($_SERVER['HTTP_HOST'] ?? 'app'));
define('WP_SITEURL', WP_HOME);
// Nothing in the background and nothing to the outside: a request is a request.
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEFAULT_THEME', 'twentytwentyone');

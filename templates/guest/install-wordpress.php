<?php
// What WordPress's own installer does, without a web server: tables and sample content.
$_SERVER += ['HTTP_HOST' => 'app', 'SERVER_NAME' => 'app', 'REQUEST_URI' => '/', 'REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1'];
define('WP_INSTALLING', true);
function wp_new_blog_notification($title, $url, $user, $password) {} // it would send mail
require '/usr/share/wordpress/wp-load.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('virtcmp testbed', 'admin', 'admin@example.invalid', false, '', wp_generate_password());
if (!is_blog_installed()) {
	fwrite(STDERR, "WordPress was not installed\n");
	exit(1);
}
